import Corpus
import Testing

struct TokenSourceTests {
  @Test func `a file and an array of the same tokens are the same source`() throws {
    try withScratch { scratch in
      let tokens = madeUpTokens(60)
      try TokenFile.write(tokens, to: scratch["t.bin"], format: .llmC)
      let sources: [TokenSource] = [.file(try TokenFile(path: scratch["t.bin"])), .memory(tokens)]
      for start in 0..<60 {
        for end in start...60 {
          #expect(sources[0].tokens(in: start..<end) == sources[1].tokens(in: start..<end))
        }
      }
      #expect(sources.map(\.count) == [60, 60])
    }
  }

  @Test func `a synthetic source gives its stream`() {
    let stream = SyntheticTokens(vocabularySize: 50, count: 500)
    #expect(TokenSource.synthetic(stream).tokens(in: 120..<300) == (120..<300).map { stream[$0] })
  }

  @Test func `validation finds the first token outside the vocabulary in memory and in synthetic streams`() throws {
    let memory = message { () throws(CorpusError) in
      try TokenSource.memory([1, 2, 9, 8]).validate(vocabularySize: 8)
    }
    #expect(memory?.contains("token 9 at position 2 is outside a vocabulary of 8") == true)
    let stream = SyntheticTokens(vocabularySize: 50, count: 500)
    try TokenSource.synthetic(stream).validate(vocabularySize: 50)
    let synthetic = message { () throws(CorpusError) in
      try TokenSource.synthetic(stream).validate(vocabularySize: 49)
    }
    let first = (0..<500).first { stream[$0] == 49 }!
    #expect(synthetic?.contains("token 49 at position \(first) is outside a vocabulary of 49") == true)
  }
}
