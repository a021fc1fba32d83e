import GPUModel
import Measurements
import Testing

@Suite struct FittedRowsTests {
  private func sample(_ changes: [String: String] = [:]) throws -> KernelSample {
    try TestData.table(TestData.product.merging(changes) { $1 }).samples[0]
  }

  @Test func `a calibration file keeps the rows that it was fitted to`() throws {
    let samples = try (0..<100).map { try sample(["id": "r\($0)"]) }
    var calibration = TestData.constants
    calibration.fittedRows = FittedRows(samples).lines
    let read = try Calibration(parsing: calibration.text, file: "c.yaml")
    #expect(read == calibration)
    let rows = try FittedRows(of: read)
    #expect(rows.count == 100)
    #expect(samples.allSatisfy(rows.contains))
  }

  /// Mutants: what is another row must not pass for the one that was fitted to.
  @Test(arguments: [["id": "b"], ["gpu": "H100"], ["op": "bmm"], ["latency_us": "101"]])
  func `another name, GPU, operation or time is another row`(change: [String: String]) throws {
    let rows = FittedRows([try sample()])
    #expect(rows.contains(try sample()))
    #expect(!rows.contains(try sample(change)))
  }

  @Test func `constants that were fitted to nothing have seen nothing`() throws {
    var calibration = TestData.constants
    calibration.fittedRows = nil
    #expect(try FittedRows(of: calibration).count == 0)
    calibration.fittedRows = ["AAA"]
    #expect(throws: CalibrationError.self) { try FittedRows(of: calibration) }
  }

  @Test func `a validation tells the rows that the constants have seen from the others`() throws {
    let samples = try (0..<10).map { try sample(["id": "r\($0)"]) }
    let fitted = FittedRows(Array(samples.prefix(4)))
    let validation = try KernelValidation(samples, by: TestData.constants, fitted: fitted)
    let all = try #require(validation.groups { _ in "all" }.first)
    #expect(all.fitted?.rows == 4)
    #expect(all.unseen?.rows == 6)
  }

  @Test func `a union has the rows of both`() throws {
    let samples = try (0..<4).map { try sample(["id": "r\($0)"]) }
    let both = FittedRows(Array(samples.prefix(3))).union(FittedRows(Array(samples.suffix(2))))
    #expect(both.count == 4)
    #expect(samples.allSatisfy(both.contains))
  }
}
