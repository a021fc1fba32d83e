import GPUModel
import Testing

@Suite struct CalibrationReadingTests {
  @Test(arguments: [
    ("generations: {}\ngpus: {}\n", "provenance is missing"), ("- a\n", "it is not a table of names and values"),
    ("provenance: []\ngenerations: 3\ngpus: {}\n", "generations: it is not a table of names and values"),
    ("provenance: []\ngenerations: {ada: {norm: {a: b}}}\ngpus: {}\n", "generations.ada.norm.a: it is not a number"),
  ])
  func `a file of another shape is refused in one line that says where`(text: String, reason: String) {
    #expect(throws: CalibrationError("c.yaml: is no calibration: \(reason)")) {
      try Calibration(parsing: text, file: "c.yaml")
    }
  }

  @Test(arguments: ["", "a: [", "a: 1\na: 2\n", "\0", "id,gpu\n1,2\n"])
  func `what is no YAML of a calibration is refused in one line`(text: String) throws {
    let error = #expect(throws: CalibrationError.self) { try Calibration(parsing: text, file: "c.yaml") }
    let line = try #require(error).description
    #expect(!line.contains("\n") && !line.contains("Error") && line.count < 200, "\(line)")
  }
}
