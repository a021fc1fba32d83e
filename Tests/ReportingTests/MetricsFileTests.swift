import Foundation
import Reporting
import Testing
import Training

struct MetricsFileTests {
  @Test func `every line is in the file as soon as its event is reported`() throws {
    try withScratchFile { path in
      let file = try MetricsFile(path: path)
      for (index, event) in sampleRun(to: 10).enumerated() {
        try file.report(event)
        let text = try contents(path)
        #expect(text.hasSuffix("}\n"))
        #expect(text.count { $0 == "\n" } == index + 1)
      }
    }
  }

  @Test func `a run from the first step adds to what is there`() throws {
    try withScratchFile { path in
      try write(sampleRun(to: 3), path)
      let first = try contents(path)
      try write(sampleRun(to: 2), path)
      let both = try contents(path)
      #expect(both.hasPrefix(first))
      #expect(try readLines(path).compactMap { $0.event == "step" ? $0.step : nil } == [1, 2, 3, 1, 2])
    }
  }

  @Test(arguments: 1...12)
  func `a run resumed after any step has the curve of the straight run`(_ resumed: Int) throws {
    let straight = try withScratchFile { path in
      try write(sampleRun(to: 20), path)
      return try curve(path)
    }
    let interrupted = try withScratchFile { path in
      try write(sampleRun(to: 20).prefix(13), path)
      try write(sampleRun(from: resumed, to: 20), path)
      return try curve(path)
    }
    #expect(interrupted == straight)
  }

  @Test func `evaluations, checkpoints, notes and ends of dropped steps go with them`() throws {
    try withScratchFile { path in
      try write(sampleRun(to: 200) + [.note("after the end")], path)
      try write([.began(sampleSummary(firstStep: 100)), .note("resumed")], path)
      let others = try readLines(path).filter { $0.event != "step" }
      #expect(others.map(\.event) == ["began", "evaluation", "checkpoint", "began", "note"])
      #expect(others.map(\.step) == [nil, 100, 100, nil, 100])
    }
  }

  @Test func `a start that resumed from a later step is dropped too`() throws {
    try withScratchFile { path in
      try write(sampleRun(to: 8), path)
      try write(sampleRun(from: 6, to: 8), path)
      try write([.began(sampleSummary(firstStep: 2))], path)
      #expect(try readLines(path).map(\.event) == ["began", "step", "step", "began"])
    }
  }

  @Test func `resuming keeps the lines before it to the byte, and leaves nothing beside the file`() throws {
    try withScratchFile { path in
      try write(sampleRun(to: 5), path)
      let kept = try contents(path).split(separator: "\n").prefix(4).joined(separator: "\n") + "\n"
      try write([.began(sampleSummary(firstStep: 3))], path)
      let text = try contents(path)
      #expect(text.hasPrefix(kept))
      #expect(text.count { $0 == "\n" } == 5)
      #expect(try neighbours(of: path) == ["metrics.jsonl"])
    }
  }

  /// The file that a SIGKILL, a power cut or a full disk leaves: any beginning of the whole one.
  @Test func `a file cut off at any byte is taken up with its whole lines`() throws {
    try withScratchFile { path in
      try write([.note("a"), .saved(step: 1, path: "b")], path)
      let whole = Array(try contents(path).utf8)
      for length in 0...whole.count {
        try Data(whole[..<length]).write(to: URL(fileURLWithPath: path))
        try write([.note("opened again")], path)
        // A line that lacks nothing but its end is whole.
        let ends = whole.indices.count { whole[$0] == 0x0A && $0 <= length }
        let read = try readLines(path)
        #expect(read.count == ends + 1, "cut at \(length)")
        #expect(read.last?.event == "note", "cut at \(length)")
      }
    }
  }

  @Test func `a link stays a link`() throws {
    try withScratchFile { path in
      try write(sampleRun(to: 5), path)
      let link = path + ".link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try write(sampleRun(from: 2, to: 3), link)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
      #expect(try readLines(path).compactMap { $0.event == "step" ? $0.step : nil } == [1, 2, 3])
    }
  }

  private func curve(_ path: String) throws -> [ReadLine] { try readLines(path).filter { $0.event == "step" } }
}
