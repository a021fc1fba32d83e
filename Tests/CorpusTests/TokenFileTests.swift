import Corpus
import Foundation
import Testing

struct TokenFileTests {
  @Test(arguments: TokenFormat.allCases, [1, 2, 511, 70_000])
  func `what was written is what is read`(format: TokenFormat, count: Int) throws {
    try withScratch { scratch in
      let tokens = madeUpTokens(count)
      try TokenFile.write(tokens, to: scratch["t.bin"], format: format)
      let file = try TokenFile(path: scratch["t.bin"])
      #expect(file.format == format)
      #expect(file.count == count)
      #expect(file.copy(0..<count) == tokens.map(Int32.init))
      #expect(file[count - 1] == tokens[count - 1])
      #expect(try scratch.names == ["t.bin"])
    }
  }

  @Test(arguments: TokenFormat.allCases)
  func `every range of a file is that range of its tokens`(format: TokenFormat) throws {
    try withScratch { scratch in
      let tokens = madeUpTokens(40)
      try TokenFile.write(tokens, to: scratch["t.bin"], format: format)
      let file = try TokenFile(path: scratch["t.bin"])
      for start in 0...40 {
        for end in start...40 { #expect(file.copy(start..<end) == tokens[start..<end].map(Int32.init)) }
      }
      var rows = [Int32](repeating: -1, count: 6)
      file.copy(7..<9, into: &rows, at: 3)
      #expect(rows == [-1, -1, -1, Int32(tokens[7]), Int32(tokens[8]), -1])
    }
  }

  @Test func `bytes on disk are those of nanoGPT and llm.c`() throws {
    try withScratch { scratch in
      try TokenFile.write([1, 0x0203], to: scratch["n.bin"], format: .nanoGPT)
      #expect(try scratch.bytes("n.bin") == [1, 0, 3, 2])
      try TokenFile.write([1, 0x0203], to: scratch["l.bin"], format: .llmC)
      let bytes = try scratch.bytes("l.bin")
      #expect(bytes.count == 1028)
      #expect(bytes[..<12] == [0x88, 0xD8, 0x34, 0x01, 1, 0, 0, 0, 2, 0, 0, 0])
      #expect(bytes[12..<1024].allSatisfy { $0 == 0 })
      #expect(bytes[1024...] == [1, 0, 3, 2])
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/maps"), "this system has no /proc"))
  func `an open file is mapped, not copied`() throws {
    try withScratch { scratch in
      try TokenFile.write(madeUpTokens(100_000), to: scratch["t.bin"], format: .llmC)
      let file = try TokenFile(path: scratch["t.bin"])
      // By a handle: Data(contentsOf:) takes the first short read of /proc for the end.
      let maps = try withExtendedLifetime(file) {
        try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd() ?? Data()
      }
      #expect(String(decoding: maps, as: UTF8.self).contains(scratch["t.bin"]))
    }
  }

  @Test(arguments: TokenFormat.allCases, [0, 1, 999])
  func `validation finds the first token outside the vocabulary`(format: TokenFormat, position: Int) throws {
    try withScratch { scratch in
      var tokens = madeUpTokens(1000, below: 300)
      tokens[position] = 300
      tokens[999] = 301
      try TokenFile.write(tokens, to: scratch["t.bin"], format: format)
      let file = try TokenFile(path: scratch["t.bin"])
      try file.validate(vocabularySize: 302)
      let refused = message { () throws(CorpusError) in try file.validate(vocabularySize: 300) }
      let expected = "token \(tokens[position]) at position \(position) is outside a vocabulary of 300"
      #expect(refused?.contains(expected) == true)
    }
  }
}

struct TokenFileErrorTests {
  static func header(_ values: [Int32]) -> [UInt8] {
    (values + [Int32](repeating: 0, count: 256 - values.count)).flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> Int32(8 * $0)) }
    }
  }

  static let magic: Int32 = 20_240_520

  static let malformed: [(bytes: [UInt8], reason: String)] = [
    ([], "is empty"),
    ([1], "has 1 bytes, an odd number"),
    ([1, 2, 3, 4, 5], "has 5 bytes, an odd number"),
    (header([magic, 2, 1]) + [0, 0], "has version 2 of llm.c's format; this program reads version 1"),
    (header([magic, 1, 3]) + [0, 0], "is truncated: its header promises 3 tokens, which makes 1,030 bytes; the file"),
    (header([magic, 1, 1]) + [0, 0, 0], "has trailing bytes: its header promises 1 tokens"),
    (header([magic, 1, -5]), "has trailing bytes: its header promises -5 tokens"),
    (header([magic, 1, 0]), "holds no tokens"),
    (Array(header([magic, 1, 1])[..<700]), "does not begin with llm.c's header of 1,024 bytes"),
    (header([20_240_801, 7, 1]) + [0, 0, 0, 0], "holds 32-bit tokens"),
  ]

  @Test(arguments: malformed)
  func `a malformed file is refused with what is wrong`(bytes: [UInt8], reason: String) throws {
    try withScratch { scratch in
      let path = try scratch.put(bytes, "bad.bin")
      let refused = message { () throws(CorpusError) in _ = try TokenFile(path: path) }
      #expect(refused?.hasPrefix("\(path): \(reason)") == true, "\(refused ?? "accepted")")
    }
  }

  @Test func `a file told to be of the wrong format is refused`() throws {
    try withScratch { scratch in
      let path = try scratch.put([1, 0, 2, 0], "raw.bin")
      let refused = message { () throws(CorpusError) in _ = try TokenFile(path: path, format: .llmC) }
      #expect(refused?.contains("does not begin with llm.c's header") == true)
      #expect(try TokenFile(path: path, format: .nanoGPT).count == 2)
    }
  }

  @Test func `a directory is not a token file`() throws {
    try withScratch { scratch in
      #expect(throws: CorpusError.self) { try TokenFile(path: scratch.path) }
    }
  }

  @Test func `writing no tokens, or into a directory that is not there, leaves nothing`() throws {
    try withScratch { (scratch: Scratch) throws in
      let empty = message { () throws(CorpusError) in try TokenFile.write([], to: scratch["t.bin"], format: .llmC) }
      #expect(empty == "\(scratch["t.bin"]): would hold no tokens\n  add text")
      let lost = message { () throws(CorpusError) in try TokenFile.write([1], to: scratch["no/t.bin"], format: .llmC) }
      #expect(lost?.hasPrefix("\(scratch["no/t.bin"]): cannot be created: No such file or directory") == true)
      #expect(try scratch.names.isEmpty)
    }
  }
}
