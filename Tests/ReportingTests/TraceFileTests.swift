import Foundation
import Quantities
import Reporting
import Testing
import Timing

struct TraceFileTests {
  private let trace = ChromeTrace([(.simulated, sampleTimeline(seed: 1))])

  @Test func `a folder that does not exist is named, with the way out`() throws {
    try withScratchFile { path in
      let refused = traceRefusal { () throws(ChromeTraceError) in try trace.write(to: path + "/none/t.json") }
      #expect(
        refused?.description == """
          \(path)/none/t.json: cannot be created: No such file or directory (errno 2)
            Create the folder, or choose another path.
          """)
      let left = try neighbours(of: path)
      #expect(left.isEmpty)
    }
  }

  @Test func `a folder in the place of the file is refused, and stays`() throws {
    try withScratchFile { path in
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let refused = traceRefusal { () throws(ChromeTraceError) in try trace.write(to: folder) }
      #expect(refused?.reason == "cannot be created: Is a directory (errno 21)")
      #expect(refused?.hint == "Name a file, not a folder.")
      let left = try neighbours(of: path)
      #expect(left.isEmpty)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/null"), "this system has no /dev/null"))
  func `a device is not replaced`() {
    let refused = traceRefusal { () throws(ChromeTraceError) in try trace.write(to: "/dev/null") }
    #expect(refused?.reason == "exists and is not a regular file")
    let type = try? FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
    #expect(type == .typeCharacterSpecial)
  }

  @Test func `an older file is replaced whole, and nothing lies beside it`() throws {
    try withScratchFile { path in
      try put(String(repeating: "old", count: 1_000_000), path)
      try trace.write(to: path)
      #expect(try !TraceDocument(contents(path)).traceEvents.isEmpty)
      #expect(try neighbours(of: path) == [URL(fileURLWithPath: path).lastPathComponent])
    }
  }

  @Test func `a link stays a link to the file that is replaced`() throws {
    try withScratchFile { path in
      try put("old", path)
      let link = path + ".link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try trace.write(to: link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try !TraceDocument(contents(path)).traceEvents.isEmpty)
    }
  }

  /// The limit on file sizes stands for a disk that fills up; it holds for a whole process, so the test has one of its own.
  @Test func `a trace that the disk has no room for leaves the older file, and no part of itself`() async {
    await #expect(processExitsWith: .success) {
      try withScratchFile { path in
        try put("old", path)
        var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
        signal(SIGXFSZ, SIG_IGN)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        let trace = ChromeTrace([(.simulated, sampleTimeline(seed: 1))])
        let refused = traceRefusal { () throws(ChromeTraceError) in try trace.write(to: path) }
        let (after, left) = (try contents(path), try neighbours(of: path))
        #expect(refused?.code == EFBIG)
        #expect(refused?.file == path)
        #expect(after == "old")
        #expect(left.count == 1)
      }
    }
  }
}

/// The error that `body` ends with; nil if it ends well.
private func traceRefusal(_ body: () throws(ChromeTraceError) -> Void) -> ChromeTraceError? {
  do { try body() } catch { return error }
  return nil
}
