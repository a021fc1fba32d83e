import Corpus
import Foundation
import Testing

struct PreparedCorpusTests {
  static let text = String(repeating: "the quick brown fox\n", count: 50)

  @Test(arguments: TokenFormat.allCases, TokenizerKind.allCases)
  func `a prepared directory holds the first nine tenths, the rest, and the tokenizer`(
    format: TokenFormat, kind: TokenizerKind
  ) throws {
    try withScratch { scratch in
      let prepared = try PreparedCorpus.prepare(
        files: [try scratch.put(Self.text, "text")], tokenizer: kind, format: format, output: scratch["out"])
      #expect(prepared.trainingTokens == 900)
      #expect(prepared.validationTokens == 100)
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch["out"]).count == 4)
      let train = try TokenFile(path: scratch["out/train.bin"])
      let val = try TokenFile(path: scratch["out/val.bin"])
      #expect([train.format, val.format] == [format, format])
      let tokenizer = try Tokenizer(path: scratch["out/tokenizer.json"])
      #expect(tokenizer == prepared.tokenizer)
      #expect(tokenizer.decode(train.copy(0..<train.count) + val.copy(0..<val.count)) == Self.text)
    }
  }

  @Test(arguments: [(10, 0.1, 9), (11, 0.1, 9), (19, 0.1, 17), (10, 0.5, 5), (1_115_394, 0.1, 1_003_854)])
  func `the cut is where nanoGPT cuts`(count: Int, fraction: Double, training: Int) throws {
    try withScratch { scratch in
      let file = try scratch.put([UInt8](repeating: 65, count: count), "text")
      let dataset = try Dataset(texts: [file], tokenizer: .bytes, validationFraction: fraction)
      #expect(dataset.training.count == training)
      #expect(dataset.validation.count == count - training)
    }
  }

  @Test(arguments: [0, 1, -0.1, 1.5, Double.nan, 0.95, 0.999])
  func `a fraction that leaves a part empty is refused and nothing is written`(fraction: Double) throws {
    try withScratch { scratch in
      let file = try scratch.put("ten bytes.", "text")
      let refused = message { () throws(CorpusError) in
        _ = try PreparedCorpus.prepare(
          files: [file], tokenizer: .bytes, validationFraction: fraction, output: scratch["out"])
      }
      #expect(refused?.contains("validation fraction of \(fraction)") == true)
      #expect(try scratch.names == ["text"])
    }
  }

  @Test func `an output below a missing directory is refused and nothing is made`() throws {
    try withScratch { scratch in
      let file = try scratch.put(Self.text, "text")
      let refused = message { () throws(CorpusError) in
        _ = try PreparedCorpus.prepare(files: [file], tokenizer: .bytes, output: scratch["no/out"])
      }
      #expect(refused?.hasPrefix("\(scratch["no/out"]): cannot be made: No such file or directory") == true)
      #expect(try scratch.names == ["text"])
    }
  }

  @Test func `an output that is a file is refused and the file stays`() throws {
    try withScratch { scratch in
      let file = try scratch.put(Self.text, "text")
      #expect(throws: CorpusError.self) {
        try PreparedCorpus.prepare(files: [file], tokenizer: .bytes, output: file)
      }
      #expect(try scratch.names == ["text"])
      #expect(try scratch.bytes("text") == Array(Self.text.utf8))
    }
  }

  @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
  func `an output that may not be written is refused with the system's reason`() throws {
    try withScratch { scratch in
      let (file, output) = (try scratch.put(Self.text, "text"), try scratch.directory("out"))
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: output)
      let refused = message { () throws(CorpusError) in
        _ = try PreparedCorpus.prepare(files: [file], tokenizer: .bytes, output: output)
      }
      #expect(refused?.hasPrefix("\(output)/train.bin: cannot be created: Permission denied") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: output).isEmpty)
    }
  }

  @Test func `a failure keeps an older preparation and unmakes a new directory`() throws {
    try withScratch { scratch in
      let file = try scratch.put(Self.text, "text")
      let output = try scratch.directory("out")
      _ = try scratch.put("old", "out/train.bin")
      _ = try scratch.directory("out/val.bin")
      #expect(throws: CorpusError.self) {
        try PreparedCorpus.prepare(files: [file], tokenizer: .bytes, output: output)
      }
      #expect(try scratch.bytes("out/train.bin") == Array("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: output).sorted() == ["train.bin", "val.bin"])
    }
  }

  @Test func `preparing into the directory of the texts can be done twice`() throws {
    try withScratch { scratch in
      _ = try scratch.put(Self.text, "text")
      let first = try PreparedCorpus.prepare(files: [scratch.path], tokenizer: .characters, output: scratch.path)
      var second = try PreparedCorpus.prepare(files: [scratch.path], tokenizer: .characters, output: scratch.path)
      #expect(second.skipped.count == 4)
      second.skipped = first.skipped
      #expect(first == second)
    }
  }
}
