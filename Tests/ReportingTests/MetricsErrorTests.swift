import Foundation
import Reporting
import Testing
import Training

struct MetricsErrorTests {
  @Test func `a folder that does not exist is named, with the way out`() throws {
    try withScratchFile { path in
      let refused = refusal { () throws(MetricsError) in _ = try MetricsFile(path: path + "/none/m.jsonl") }
      #expect(
        refused?.description == """
          \(path)/none/m.jsonl: cannot be opened for writing: No such file or directory (errno 2)
            Create the folder, or choose another path.
          """)
    }
  }

  @Test func `a folder in the place of the file is refused`() throws {
    try withScratchFile { path in
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let refused = refusal { () throws(MetricsError) in _ = try MetricsFile(path: folder) }
      #expect(refused?.reason == "cannot be opened for writing: Is a directory (errno 21)")
      #expect(refused?.hint == "Name a file, not a folder.")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"))
  func `a full disk is an error with the path, the system's reason and a way out`() throws {
    let file = try MetricsFile(path: "/dev/full")
    let refused = refusal { () throws(MetricsError) in try file.report(.note("much")) }
    #expect(refused?.reason == "cannot be written: No space left on device (errno 28)")
    #expect(refused?.file == "/dev/full")
    #expect(refused?.code == ENOSPC)
    #expect(refused?.hint?.hasPrefix("Free space there") == true)
  }

  /// The limit on file sizes stands for a disk that fills up; it holds for a whole process, so the test has one of its own.
  @Test func `a line that the disk has no room for leaves no part of itself`() async {
    await #expect(processExitsWith: .success) {
      try withScratchFile { path in
        try write(sampleRun(to: 3), path)
        let before = try contents(path)
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        limit.rlim_cur = rlim_t(before.utf8.count + 20)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        let file = try MetricsFile(path: path)
        let refused = refusal { () throws(MetricsError) in try file.report(.note("much")) }
        let after = try contents(path)
        #expect(refused?.code == EFBIG)
        #expect(after == before)
      }
    }
  }

  @Test(arguments: [
    ("{\"event\":\"note\"}\nlearning_rate: 1e-3\n", 2), ("{\n  \"a\": 1\n}\n", 1), ("{\"a\":1}", 1), ("text", 1),
    ("{\"event\":\"note\"}\n\n", 2), ("{\"event\":\"step\",\"step\":1}{\"event\":\"step\"\n", 1),
  ])
  func `a file that holds something else is refused and left as it was`(_ text: String, _ line: Int) throws {
    try withScratchFile { path in
      try put(text, path)
      let refused = refusal { () throws(MetricsError) in _ = try MetricsFile(path: path) }
      #expect(
        refused?.reason
          == "exists and is not a metrics file: line \(line) is not a JSON object with an \"event\"")
      #expect(refused?.hint == "Choose another path, or move the file away.")
      #expect(try contents(path) == text)
    }
  }
}
