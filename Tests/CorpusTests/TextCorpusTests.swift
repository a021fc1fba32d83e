import Corpus
import Foundation
import Testing

struct TextCorpusTests {
  @Test func `files are joined in the order of the arguments with nothing between`() throws {
    try withScratch { scratch in
      let (b, a) = (try scratch.put("second", "b"), try scratch.put("first", "a"))
      let corpus = try TextCorpus([b, a, b])
      #expect(corpus.files == [b, a, b])
      #expect(corpus.byteCount == 17)
      #expect(Tokenizer.bytes.decode(try corpus.tokens(.bytes)) == "secondfirstsecond")
      let tokenizer = try corpus.tokenizer(.characters)
      #expect(tokenizer.decode(try corpus.tokens(tokenizer)) == "secondfirstsecond")
    }
  }

  @Test func `bytes that are not UTF-8 are an error for characters, with file and offset, and fine for bytes`() throws {
    try withScratch { scratch in
      let good = try scratch.put("fine", "good")
      let bad = try scratch.put(Array("café ".utf8) + [0xE9, 0x20], "bad")
      let corpus = try TextCorpus([good, bad])
      let refused = message { () throws(CorpusError) in _ = try corpus.tokenizer(.characters) }
      #expect(refused?.hasPrefix("\(bad): is not UTF-8 text: invalid byte at offset 6\n") == true)
      #expect(try corpus.tokens(.bytes).suffix(2) == [0xE9, 0x20])
    }
  }

  @Test func `a character that the vocabulary does not have is told with its file`() throws {
    try withScratch { scratch in
      let file = try scratch.put("abc", "text")
      let tokenizer = Tokenizer.characters(try CharacterVocabulary(of: ["ab"]))
      let corpus = try TextCorpus([file])
      let refused = message { () throws(CorpusError) in _ = try corpus.tokens(tokenizer) }
      #expect(refused?.hasPrefix("\(file): character \"c\" (U+0063) at position 2") == true)
    }
  }

  @Test func `a corpus without a byte is an error`() throws {
    try withScratch { scratch in
      let empty = try scratch.put("", "empty")
      for paths in [[empty, empty], []] {
        let refused = message { () throws(CorpusError) in _ = try TextCorpus(paths) }
        #expect(refused?.contains("the corpus is empty") == true)
      }
    }
  }

  @Test func `a missing file is an error with its name`() {
    let refused = message { () throws(CorpusError) in _ = try TextCorpus(["/nonexistent/text"]) }
    #expect(refused?.hasPrefix("/nonexistent/text: cannot be read: No such file or directory (errno 2)") == true)
  }
}

struct TinyShakespeareTests {
  static let path = URL(fileURLWithPath: #filePath).appendingPathComponent(
    "../../../../shared/data/text/tinyshakespeare.txt"
  ).standardizedFileURL.path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: path), "tinyshakespeare.txt is not beside the repository"))
  func `tinyshakespeare is prepared as nanoGPT prepares it`() throws {
    try withScratch { scratch in
      let prepared = try PreparedCorpus.prepare(
        files: [Self.path], tokenizer: .characters, output: scratch["prepared"])
      // nanoGPT, data/shakespeare_char/readme.md.
      #expect(prepared.tokenizer.vocabularySize == 65)
      #expect(prepared.trainingTokens == 1_003_854)
      #expect(prepared.validationTokens == 111_540)
      let dataset = try Dataset(preparedDirectory: scratch["prepared"])
      let text = prepared.tokenizer.decode(
        dataset.training.tokens(in: 0..<1_003_854) + dataset.validation.tokens(in: 0..<111_540))
      #expect(try Array(text.utf8) == Array(Data(contentsOf: URL(fileURLWithPath: Self.path))))
    }
  }
}
