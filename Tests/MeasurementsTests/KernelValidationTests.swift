import Cluster
import GPUModel
import Measurements
import Testing

@Suite struct KernelValidationTests {
  /// Predictions that are off by these shares.
  private static let errors = [0.1, -0.2, 0.3, -0.4, 1.0]

  private func samples(_ errors: [Double] = errors) throws -> [KernelSample] {
    let rows = Array(repeating: TestData.product, count: errors.count)
    return try TestData.samples(rows, timedBy: TestData.constants) { 1 / (1 + errors[$0]) }
  }

  private func summary(_ samples: [KernelSample]) throws -> ErrorSummary {
    let validation = try KernelValidation(samples, by: TestData.constants, fitted: FittedRows())
    return try #require(validation.groups { _ in "all" }.first?.unseen)
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

  @Test func `errors are shares of the measurement, and their statistics are the textbook's`() throws {
    let summary = try summary(samples())
    #expect(summary.rows == 5)
    #expect(isClose(summary.mean, 0.4))
    #expect(isClose(summary.median, 0.3))
    #expect(isClose(summary.ninetiethPercentile, 0.76))
    #expect(isClose(summary.worst, 1))
    #expect(isClose(summary.bias, 0.16))
    #expect(summary.worstRow == "s4")
  }

  @Test(arguments: [[0.0], [0.5, -0.5], [0.2, 0.2, 0.2, 0.2], [-0.9, 3, 0.01]])
  func `laws: median and mean lie below the worst, the bias within the mean, and order does not matter`(
    errors: [Double]
  ) throws {
    let summary = try summary(samples(errors))
    #expect(summary.median <= summary.ninetiethPercentile + 1e-12)
    #expect(summary.ninetiethPercentile <= summary.worst + 1e-12)
    #expect(summary.mean <= summary.worst + 1e-12)
    #expect(abs(summary.bias) <= summary.mean + 1e-12)
    let reversed = try self.summary(samples(errors.reversed()))
    #expect(isClose(reversed.mean, summary.mean) && isClose(reversed.median, summary.median))
  }

  @Test func `mutant: a measurement that is read twice as long shows in every figure`() throws {
    var slow = try samples()
    for index in slow.indices { slow[index].measurement.seconds *= 2 }
    let (right, wrong) = (try summary(samples()), try summary(slow))
    for figure in [\ErrorSummary.mean, \.bias, \.median, \.ninetiethPercentile, \.worst, \.rooflineMean] {
      #expect(!isClose(right[keyPath: figure], wrong[keyPath: figure]))
    }
  }

  @Test func `modelled and refused are all rows, in the CSV too, and none is there twice`() throws {
    let table = TestData.fixture
    let validation = try KernelValidation(table.samples, refused: table.refusals, by: TestData.constants)
    #expect(validation.rows == table.rows)
    let csv = try CSVTable(parsing: validation.csv, name: "rows.csv", requiring: ["id", "error_pct", "refused"])
    #expect(csv.rows.count == table.rows)
    #expect(Set(csv.rows.map { $0["id"] }).count == table.rows)
    #expect(csv.rows.count { $0["refused"].isEmpty } == validation.judgements.count)
    let sizes = csv.rows.compactMap { Double($0["error_pct"]) }.map { abs($0) / 100 }
    let all = try #require(validation.groups { _ in "all" }.first)
    let sum = [all.unseen, all.fitted].compactMap { $0 }.reduce(0) { $0 + $1.mean * Double($1.rows) }
    #expect(abs(sizes.reduce(0, +) - sum) < 1e-3 * sum)
  }

  @Test func `GPUs hold all judgements once, by operation and type`() throws {
    let table = TestData.fixture
    let validation = try KernelValidation(table.samples, by: TestData.constants, fitted: FittedRows())
    let counts = validation.gpus.map { entry in entry.groups.reduce(0) { $0 + ($1.unseen?.rows ?? 0) } }
    #expect(counts == validation.gpus.map { $0.all.unseen?.rows })
    #expect(counts.reduce(0, +) == validation.judgements.count)
    let generations = validation.gpus.compactMap { Generation.allCases.firstIndex(of: $0.gpu.generation) }
    #expect(generations == generations.sorted())
  }

  @Test func `subjects count what they name`() throws {
    func subjects(_ changes: [String: String]) throws -> [String] {
      let sample = try TestData.table(TestData.product.merging(changes) { $1 }).samples[0]
      return KernelSubject.allCases.filter { $0.contains(sample) }.map { "\($0)" }
    }
    #expect(try subjects([:]) == ["largeMatmul", "matmul", "all"])
    #expect(try subjects(["k": "511"]) == ["matmul", "all"])
    #expect(try subjects(["dtype": "fp32"]) == ["fullPowerMatmul", "all"])
    #expect(try subjects(["dtype": "fp16", "gpu": "T4"]) == ["lowPowerMatmul", "all"])
    #expect(try subjects(["dtype": "fp8", "gpu": "L40S"]) == ["quantisedMatmul", "all"])
    #expect(try subjects(["op": "softmax", "rows": "8", "cols": "8"]) == ["memory", "all"])
    #expect(try subjects(CalibrationFitTests.attention[0]) == ["attention", "all"])
  }
}
