import Checkpoint
import Foundation
import Testing

@Suite("An output file")
struct OutputFileTests {
  @Test("records size and SHA-256")
  func record() throws {
    try withScratch { folder in
      var file = try OutputFile(at: folder.appending(path: "abc.txt"))
      try file.write(Data("a".utf8))
      try file.write(Data())
      try file.write(Data("xbc".utf8).dropFirst())
      // FIPS 180-4's example for "abc".
      let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      let record = try file.finish()
      #expect(record.name == "abc.txt")
      #expect(record.bytes == 3)
      #expect(record.sha256 == digest)
    }
  }

  @Test("says when the disk is full")
  func full() throws {
    var file = try OutputFile(at: URL(filePath: "/dev/full"))
    do {
      try file.write(Data([1]))
      Issue.record("a full disk took a byte")
    } catch {
      #expect(error.code == ENOSPC)
      #expect(error.file == "/dev/full")
      #expect(error.reason == "cannot be written: No space left on device (error 28)", "\(error)")
      #expect(error.hint?.contains("Free space") == true)
    }
  }

  @Test("says where it cannot be created")
  func refused() throws {
    let error = try failure { _ = try OutputFile(at: referenceFile.appending(path: "child")) }
    #expect(error.code == ENOTDIR)
    #expect(error.hint?.contains("choose another folder") == true)
  }
}
