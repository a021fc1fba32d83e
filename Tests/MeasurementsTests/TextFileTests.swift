import Foundation
import Measurements
import Testing

@Suite struct TextFileTests {
  @Test func `what was written is read, and a file that is there is known`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(!TextFile(path).isRegular)
    try TextFile(path).write("Grüße\n")
    #expect(TextFile(path).isRegular)
    #expect(try TextFile(path).read() == "Grüße\n")
    try Data([0xff, 0xfe]).write(to: URL(filePath: path))
    #expect(throws: MeasurementError("\(path): is not UTF-8 text")) { try TextFile(path).read() }
  }

  @Test func `a missing file and a missing folder are named`() {
    #expect(throws: MeasurementError("/nowhere/a.csv: cannot be read: there is no such file or directory")) {
      try TextFile("/nowhere/a.csv").read()
    }
    #expect(throws: MeasurementError.self) { try TextFile("/nowhere/a.csv").write("") }
    #expect(throws: MeasurementError("/tmp: cannot be read: it is a directory")) { try TextFile("/tmp").read() }
    #expect(!TextFile("/dev/null").isRegular)
  }
}
