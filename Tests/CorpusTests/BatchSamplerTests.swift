import Corpus
import Testing

struct BatchSamplerTests {
  @Test(arguments: [0, 1, .max] as [UInt64], [(1, 2), (8, 9), (8, 10), (16, 1000), (1024, 9_000_000_000)])
  func `random starts leave room for a whole sample and reach both ends`(seed: UInt64, shape: (Int, Int)) {
    let sampler = BatchSampler(seed: seed, sequenceLength: shape.0, count: shape.1)
    let last = shape.1 - shape.0 - 1
    let starts = (0..<20_000).map(sampler.start)
    #expect(starts.allSatisfy { (0...last).contains($0) })
    if last < 1000 { #expect(Set(starts).count == last + 1) }
  }

  @Test func `starts do not depend on the order in which they are asked`() {
    let sampler = BatchSampler(seed: 7, sequenceLength: 8, count: 5000)
    let forward = (0..<1000).map(sampler.start)
    let backward = (0..<1000).reversed().map(BatchSampler(seed: 7, sequenceLength: 8, count: 5000).start)
    #expect(forward == backward.reversed())
  }

  @Test func `neighbouring seeds give streams that neither agree nor follow one another`() {
    let streams = (0..<20).map { seed in
      (0..<1000).map(BatchSampler(seed: seed, sequenceLength: 8, count: 1_000_000_008).start)
    }
    #expect(Set(streams.joined()).count > 19_990)
  }

  @Test(arguments: [0, 1, 2, 42, 1337] as [UInt64])
  func `starts are uniform, one by one and in pairs`(seed: UInt64) {
    let sampler = BatchSampler(seed: seed, sequenceLength: 100, count: 64_100)
    let starts = (0..<64_000).map { sampler.start(ofSample: $0) / 1000 }
    #expect(isUniform(starts, bins: 64))
    #expect(isUniform(zip(starts, starts.dropFirst()).map { $0 / 8 * 8 + $1 / 8 }, bins: 64))
  }

  @Test func `the check of uniformity catches a skew of a tenth and a lattice`() {
    let sampler = BatchSampler(seed: 1, sequenceLength: 100, count: 64_100)
    let starts = (0..<64_000).map { sampler.start(ofSample: $0) / 1000 }
    #expect(!isUniform(starts.enumerated().map { $0 % 10 == 0 ? $1 / 2 : $1 }, bins: 64))
    #expect(!isUniform((0..<64_000).map { $0 % 64 }, bins: 64))
  }

  @Test(arguments: [(1, 2), (4, 13), (4, 16), (4, 17), (7, 100), (99, 100)])
  func `a sequential pass reads every input once, in order, but for a tail shorter than a sample`(
    length: Int, count: Int
  ) {
    let sampler = BatchSampler(order: .sequential, sequenceLength: length, count: count)
    let source = TokenSource.memory((0..<UInt16(count)).map { $0 })
    let pass = sampler.batch(0..<sampler.samplesPerPass, from: source)
    #expect(pass.inputs == (0..<Int32(pass.inputs.count)).map { $0 })
    #expect(count - 1 - pass.inputs.count < length)
    #expect(sampler.batch(sampler.samplesPerPass..<2 * sampler.samplesPerPass, from: source) == pass)
  }
}

struct TokenBatchTests {
  static let source = TokenSource.memory(madeUpTokens(3000))
  static let orders: [BatchSampler.Order] = [.random(seed: 3), .sequential]

  @Test(arguments: orders)
  func `a sample is the tokens at its start and its targets are one later`(order: BatchSampler.Order) {
    let sampler = BatchSampler(order: order, sequenceLength: 16, count: 3000)
    for global in 0..<500 {
      let (inputs, targets) = sampler.sample(global, from: Self.source)
      let start = sampler.start(ofSample: global)
      #expect(inputs == Self.source.tokens(in: start..<start + 16))
      #expect(targets == Self.source.tokens(in: start + 1..<start + 17))
    }
  }

  @Test(arguments: orders, [1, 2, 3, 4, 6, 12])
  func `every split of a global batch over ranks and micro-batches reads the same tokens`(
    order: BatchSampler.Order, parts: Int
  ) {
    let sampler = BatchSampler(order: order, sequenceLength: 16, count: 3000)
    for step in 0..<20 {
      let samples = BatchSampler.samples(ofStep: step, globalBatch: 12)
      let whole = sampler.batch(samples, from: Self.source)
      let size = 12 / parts
      let pieces = (0..<parts).map { part in
        sampler.batch(samples.lowerBound + part * size..<samples.lowerBound + (part + 1) * size, from: Self.source)
      }
      #expect(pieces.flatMap(\.inputs) == whole.inputs)
      #expect(pieces.flatMap(\.targets) == whole.targets)
      #expect(pieces.map(\.samples).reduce(0, +) == whole.samples)
    }
  }

  @Test func `steps follow one another without a gap`() {
    let steps = (0..<5).map { BatchSampler.samples(ofStep: $0, globalBatch: 7) }
    #expect(steps.flatMap(Array.init) == Array(0..<35))
  }

  @Test func `a batch keeps the order of the samples it was asked for`() {
    let sampler = BatchSampler(seed: 5, sequenceLength: 4, count: 3000)
    let batch = sampler.batch([9, 2, 9], from: Self.source)
    #expect(batch.inputs == [9, 2, 9].flatMap { sampler.sample($0, from: Self.source).inputs })
  }
}

/// Whether Pearson's chi-square of the counts is within five standard deviations of its mean, on either side.
private func isUniform(_ values: [Int], bins: Int) -> Bool {
  var counts = [Int](repeating: 0, count: bins)
  for value in values { counts[value] += 1 }
  let expected = Double(values.count) / Double(bins)
  let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  let freedom = Double(bins - 1)
  return abs(statistic - freedom) < 5 * (2 * freedom).squareRoot()
}
