import Corpus
import Foundation
import Testing

struct AtomicFilesTests {
  @Test func `files are written whole, replace older ones, and leave nothing beside them`() throws {
    try withScratch { scratch in
      let big = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      _ = try scratch.put("old", "a")
      try AtomicFiles.write([(scratch["a"], big), (scratch["b"], [])])
      #expect(try scratch.names == ["a", "b"])
      #expect(try scratch.bytes("a") == big)
      #expect(try scratch.bytes("b").isEmpty)
    }
  }

  @Test func `when one file of a set cannot be created none appears and older ones stay`() throws {
    try withScratch { scratch in
      _ = try scratch.put("old", "a")
      let refused = message { () throws(CorpusError) in
        try AtomicFiles.write([(scratch["a"], [1]), (scratch["b"], [2]), (scratch["missing/c"], [3])])
      }
      #expect(refused?.hasPrefix("\(scratch["missing/c"]): cannot be created: No such file or directory") == true)
      #expect(try scratch.names == ["a"])
      #expect(try scratch.bytes("a") == Array("old".utf8))
    }
  }

  @Test func `a directory in the place of a file is refused before anything is written`() throws {
    try withScratch { scratch in
      let directory = try scratch.directory("b")
      let refused = message { () throws(CorpusError) in try AtomicFiles.write([(scratch["a"], [1]), (directory, [2])]) }
      #expect(refused?.contains("exists and is not a regular file") == true)
      #expect(try scratch.names == ["b"])
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
  func `a full disk is an error with the path and the system's reason`() {
    let refused = message { () throws(CorpusError) in
      try AtomicFiles.fill("/dev/full", with: [1, 2, 3], for: "data/train.bin")
    }
    #expect(refused?.hasPrefix("data/train.bin: cannot be written: No space left on device (errno 28)") == true)
    #expect(refused?.contains("free some space") == true)
  }

  /// The limit on file sizes stands for a disk that fills up: the first file fits, the second breaks off half-way.
  /// It holds for a whole process, so the test has one of its own.
  @Test func `a disk that fills up half-way through a set leaves nothing`() async {
    await #expect(processExitsWith: .success) {
      try withScratch { scratch in
        _ = try scratch.put("old", "a")
        let files = [
          (path: scratch["a"], contents: [UInt8](repeating: 1, count: 4000)),
          (path: scratch["b"], contents: [UInt8](repeating: 2, count: 100_000)),
        ]
        let refused = withFileSizeLimit(65_536) {
          message { () throws(CorpusError) in try AtomicFiles.write(files) }
        }
        #expect(refused?.hasPrefix("\(scratch["b"]): cannot be written: File too large") == true)
        #expect(try scratch.names == ["a"])
        #expect(try scratch.bytes("a") == Array("old".utf8))
        try AtomicFiles.write(files)
        #expect(try scratch.names == ["a", "b"])
      }
    }
  }
}

private func withFileSizeLimit<Value>(_ bytes: UInt, _ body: () -> Value) -> Value {
  var old = rlimit()
  getrlimit(__rlimit_resource_t(1), &old)  // RLIMIT_FSIZE
  var new = old
  new.rlim_cur = bytes
  signal(SIGXFSZ, SIG_IGN)
  setrlimit(__rlimit_resource_t(1), &new)
  defer { setrlimit(__rlimit_resource_t(1), &old) }
  return body()
}
