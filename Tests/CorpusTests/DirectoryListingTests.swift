import Corpus
import Foundation
import Testing

struct DirectoryListingTests {
  @Test func `a directory gives its text files by name and tells what it left out`() throws {
    try withScratch { scratch in
      let (outside, inside) = (try scratch.put("outside ", "outside"), try scratch.directory("texts"))
      for name in ["texts/b", "texts/a", "texts/c"] { _ = try scratch.put("\(name.last!) ", name) }
      _ = try scratch.put([0, 0, 0, 2], "texts/a.dat")
      _ = try scratch.put("hidden", "texts/.notes")
      _ = try scratch.put("{}", "texts/tokenizer.json")
      _ = try scratch.put("below", "\(try scratch.directory("texts/deeper").dropFirst(scratch.path.count + 1))/d")
      try scratch.link("texts/0", to: "b")
      try scratch.link("texts/a.u8", to: "a")
      try scratch.link("texts/elsewhere", to: outside)
      for path in [inside, inside + "/"] {
        let corpus = try TextCorpus([path])
        #expect(Tokenizer.bytes.decode(try corpus.tokens(.bytes)) == "a b c outside ")
        let skipped = corpus.skipped.map { "\($0)".dropFirst(inside.count + 1) }.sorted()
        #expect(
          skipped == [
            ".notes: hidden", "0: a link to a file that is read already",
            "a.dat: binary", "a.u8: a link to a file that is read already", "deeper: a directory",
            "tokenizer.json: a tokenizer, not text",
          ])
      }
    }
  }

  @Test func `a directory without text is an error`() throws {
    try withScratch { scratch in
      _ = try scratch.put([1, 0], "binary")
      let refused = message { () throws(CorpusError) in _ = try TextCorpus([scratch.path]) }
      #expect(refused?.contains("has no text file among its 1 entries") == true)
    }
  }

  @Test func `a link to nothing is an error, not an omission`() throws {
    try withScratch { scratch in
      _ = try scratch.put("text", "a")
      try scratch.link("b", to: "gone")
      let refused = message { () throws(CorpusError) in _ = try TextCorpus([scratch.path]) }
      #expect(refused?.hasPrefix("\(scratch["b"]): cannot be read: No such file") == true)
    }
  }

  static let fortunes = "/usr/share/games/fortunes"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: fortunes), "the package fortunes is not installed"))
  func `fortunes give clean text, each file once`() throws {
    let corpus = try TextCorpus([Self.fortunes])
    #expect(!corpus.files.isEmpty)
    #expect(corpus.files.allSatisfy { !$0.hasSuffix(".dat") && !$0.hasSuffix(".u8") })
    let tokenizer = try corpus.tokenizer(.characters)
    #expect(tokenizer.vocabularySize < 256)
    #expect(try corpus.texts().allSatisfy { !$0.unicodeScalars.contains("\0") })
  }
}
