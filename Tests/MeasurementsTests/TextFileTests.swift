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

  @Test func `a folder, a link to one and a full device cannot be written, and stay as they are`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "folder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inner, link) = (folder.appending(path: "inner"), folder.appending(path: "link"))
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: inner)
    for path in [inner.path, link.path] {
      #expect(throws: MeasurementError("\(path): cannot be written: it is a directory")) {
        try TextFile(path).write("x")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["inner", "link"])
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    #expect(throws: MeasurementError("/dev/full: cannot be written: no space left on the device")) {
      try TextFile("/dev/full").write("x")
    }
  }
}
