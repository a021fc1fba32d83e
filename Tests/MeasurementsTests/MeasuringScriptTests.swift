import Foundation
import GPUModel
import Measurements
import Testing

/// launch/measure-gpu.py, with invented times in place of a GPU.
@Suite(.enabled(if: TestData.python != nil, "python3 is not installed"))
struct MeasuringScriptTests {
  private static let script = TestData.repository.appending(path: "launch/measure-gpu.py").path

  private func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(TestData.python))
    process.arguments = [Self.script] + arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test func `every row that it writes is understood, and calibrates`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "measured-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try run(["--fake-times", "--output", file.path]).code == 0)
    let table = try KernelTable(parsing: TextFile(file.path).read(), name: "measured.csv", TestData.catalogue)
    #expect(table.samples.count > 300)
    #expect(table.refusals.map(\.reason) == [])
    #expect(Set(table.samples.map(\.measurement.id)).count == table.samples.count)
    #expect(Set(table.samples.map(\.measurement.launch)) == [.graph, .eager])
    #expect(Set(table.samples.map(\.measurement.operation)).count == 8)
    let half = try CrossValidation(start: TestData.constants, table.samples).halves()
    #expect(half.rows == table.samples.count)
    // The invented GPU is a roofline with a launch: a fit comes near it.
    #expect(try #require(half.groups { _ in "all" }.first?.unseen).mean < 0.2)
    #expect(try run(["--fake-times", "--output", file.path]).code == 64)
  }

  @Test func `a dry run shows the plan and writes nothing`() throws {
    let outcome = try run(["--dry-run"])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("nothing is measured or written"))
    #expect(outcome.output.contains("attention_bwd  bf16  from a graph"))
  }

  @Test(arguments: [[], ["--output"], ["--colour"], ["--output", "x.csv", "--minutes", "0"]])
  func `wrong options end with 64`(arguments: [String]) throws {
    #expect(try run(arguments).code == 64)
  }

  @Test func `a file that cannot be written ends with 74`() throws {
    #expect(try run(["--fake-times", "--output", "/nowhere/measured.csv"]).code == 74)
  }
}
