import Foundation
import Planning
import Testing

@Suite struct StepJitterTests {
  @Test(arguments: [0.01, 0.05, 0.3, 1, 2]) func `one rank is on time on average`(variation: Double) throws {
    let jitter = try StepJitter(ranks: 1, variation: variation)
    #expect(abs(jitter.expected - 1) < 1e-9)
  }

  @Test(arguments: [1, 8, 1024, 1_000_000]) func `without jitter all ranks are`(ranks: Int) throws {
    let jitter = try StepJitter(ranks: ranks, variation: 0)
    #expect(abs(jitter.expected - 1) < 1e-9 && abs(jitter.percentile(0.99) - 1) < 1e-12)
  }

  /// For two independent log-normals of mean 1, E[max] = 2·Φ(σ/√2).
  @Test(arguments: [0.01, 0.05, 0.3, 1, 2]) func `two ranks wait as the formula for two says`(variation: Double) throws
  {
    let sigma = log1p(variation * variation).squareRoot()
    let exact = erfc(-sigma / 2)
    #expect(abs(try StepJitter(ranks: 2, variation: variation).expected - exact) < 1e-9)
  }

  @Test(arguments: [(2, 0.1), (8, 0.05), (64, 0.3), (1000, 0.02), (300, 1)])
  func `draws agree with the closed form within their own error`(ranks: Int, variation: Double) throws {
    let jitter = try StepJitter(ranks: ranks, variation: variation)
    let draws = jitter.draws(steps: 4000, seed: 17)
    #expect(SampleMean(draws).distance(to: jitter.expected) < 4)
    for share in [0.1, 0.5, 0.9, 0.99] {
      let below = SampleMean(draws.map { $0 < jitter.percentile(share) ? 1 : 0 })
      #expect(below.distance(to: share) < 4, "percentile \(share)")
    }
  }

  @Test func `more ranks and more jitter take longer`() throws {
    for variation in [0.01, 0.1, 0.5] {
      var last = (expected: 0.0, median: 0.0)
      for ranks in [1, 2, 8, 64, 1024, 16_384, 1_000_000] {
        let jitter = try StepJitter(ranks: ranks, variation: variation)
        let stronger = try StepJitter(ranks: ranks, variation: variation * 1.5)
        #expect(jitter.expected > last.expected && jitter.percentile(0.5) > last.median)
        #expect(ranks == 1 || stronger.expected > jitter.expected)
        #expect(jitter.percentile(0.01) < jitter.percentile(0.5) && jitter.percentile(0.5) < jitter.percentile(0.999))
        last = (jitter.expected, jitter.percentile(0.5))
      }
    }
  }

  /// Largest of n normals, to three decimals: Tippett 1925; Harter 1961, table of expected values of normal order statistics.
  @Test(arguments: [(10, 1.53875), (100, 2.50759), (400, 2.96818)])
  func `little jitter of n ranks is that of the largest normal`(ranks: Int, largest: Double) throws {
    let variation = 1e-6
    let jitter = try StepJitter(ranks: ranks, variation: variation)
    #expect(abs((jitter.expected - 1) / variation - largest) < 1e-4)
  }

  @Test func `jitter that means nothing is refused`() {
    #expect(throws: EstimateError.self) { try StepJitter(ranks: 0, variation: 0.1) }
    #expect(throws: EstimateError.self) { try StepJitter(ranks: 1, variation: -0.1) }
    #expect(throws: EstimateError.self) { try StepJitter(ranks: 1, variation: 3) }
    #expect(throws: EstimateError.self) { try StepJitter(ranks: 1, variation: .nan) }
  }
}
