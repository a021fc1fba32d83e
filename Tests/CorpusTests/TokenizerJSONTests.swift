import Corpus
import Testing

struct TokenizerJSONTests {
  @Test(arguments: ["abc", "\n\"\\/ e\u{301}\u{0}\u{8}🌍\u{FEFF}"])
  func `a tokenizer written and read is the same tokenizer`(text: String) throws {
    try withScratch { scratch in
      for tokenizer in [Tokenizer.bytes, .characters(try CharacterVocabulary(of: [text]))] {
        try tokenizer.write(to: scratch["tokenizer.json"])
        #expect(try Tokenizer(path: scratch["tokenizer.json"]) == tokenizer)
      }
    }
  }

  @Test func `the file says what it is`() throws {
    try withScratch { scratch in
      try Tokenizer.characters(CharacterVocabulary(of: ["hello"])).write(to: scratch["t.json"])
      let text = String(decoding: try scratch.bytes("t.json"), as: UTF8.self)
      #expect(
        text == """
          {
            "characters" : "ehlo",
            "format" : "orrery-tokenizer",
            "kind" : "characters",
            "version" : 1,
            "vocabularySize" : 4
          }

          """)
    }
  }

  @Test(arguments: [
    (#""format":"orrery-tokenizer","version":2,"kind":"bytes","vocabularySize":256"#, "version 2 of the tokenizer"),
    (#""format":"sentencepiece","version":1,"kind":"bytes","vocabularySize":256"#, "format is 'sentencepiece'"),
    (#""version":1,"kind":"bytes","vocabularySize":256"#, "format is ''"),
    (#""format":"orrery-tokenizer","version":1,"kind":"byte","vocabularySize":256"#, "did you mean 'bytes'?"),
    (#""format":"orrery-tokenizer","version":1,"kind":"bytes","vocabularySize":255"#, "vocabularySize is 255"),
    (#""format":"orrery-tokenizer","version":1,"kind":"characters","vocabularySize":2"#, "is not a tokenizer file"),
    (#""format":"orrery-tokenizer","version":1,"kind":"characters","characters":"ba","vocabularySize":2"#, "ascend"),
    ("not json", "is not a tokenizer file"),
  ])
  func `a file that is not a tokenizer of this version is refused by name`(body: String, reason: String) throws {
    try withScratch { scratch in
      let path = try scratch.put("{\(body)}", "tokenizer.json")
      let refused = message { () throws(CorpusError) in _ = try Tokenizer(path: path) }
      #expect(refused?.hasPrefix("\(path): ") == true)
      #expect(refused?.contains(reason) == true)
    }
  }

  @Test func `a missing file is refused by name`() {
    let refused = message { () throws(CorpusError) in _ = try Tokenizer(path: "/nonexistent/tokenizer.json") }
    #expect(refused?.hasPrefix("/nonexistent/tokenizer.json: cannot be read: No such file") == true)
  }
}
