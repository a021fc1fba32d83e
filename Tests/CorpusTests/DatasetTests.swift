import Corpus
import Testing

struct DatasetTests {
  static let text = String(repeating: "all the world's a stage, ", count: 40)

  @Test(arguments: TokenizerKind.allCases)
  func `texts, the directory prepared from them and its file pair hold the same tokens`(kind: TokenizerKind) throws {
    try withScratch { scratch in
      let file = try scratch.put(Self.text, "text")
      _ = try PreparedCorpus.prepare(files: [file], tokenizer: kind, output: scratch["out"])
      let datasets = [
        try Dataset(texts: [file], tokenizer: kind), try Dataset(preparedDirectory: scratch["out"]),
        try Dataset(trainingFile: scratch["out/train.bin"], validationFile: scratch["out/val.bin"]),
      ]
      for dataset in datasets {
        #expect(dataset.training.tokens(in: 0..<900) == datasets[0].training.tokens(in: 0..<900))
        #expect(dataset.validation.tokens(in: 0..<100) == datasets[0].validation.tokens(in: 0..<100))
      }
      #expect(datasets.map { $0.tokenizer == nil } == [false, false, true])
      #expect(datasets[0].tokenizer == datasets[1].tokenizer)
    }
  }

  @Test func `a block needs one token more than its length, in each split used`() throws {
    let dataset = Dataset(
      training: .memory(madeUpTokens(100)), validation: .memory(madeUpTokens(10)), tokenizer: nil, origin: "a.txt")
    try dataset.check(sequenceLength: 9)
    try dataset.check(sequenceLength: 99, splits: [.training])
    let refused = message { () throws(CorpusError) in try dataset.check(sequenceLength: 10) }
    #expect(
      refused == """
        a.txt: the validation split has 10 tokens; a sequence length of 10 needs at least 11
          use a sequence length of at most 9, or give more text to this split
        """)
    let sampler = message { () throws(CorpusError) in
      _ = try dataset.sampler(.training, order: .sequential, sequenceLength: 100)
    }
    #expect(sampler?.contains("the training split has 100 tokens; a sequence length of 100 needs at least 101") == true)
  }

  @Test func `a token outside the model's vocabulary is found in either split`() throws {
    for (training, validation) in [([300, 1], [1, 2]), ([1, 2], [300, 1])] as [([UInt16], [UInt16])] {
      let dataset = Dataset(
        training: .memory(training), validation: .memory(validation), tokenizer: nil, origin: "a.txt")
      let refused = message { () throws(CorpusError) in try dataset.validate(vocabularySize: 300) }
      #expect(refused?.hasPrefix("a.txt: token 300 at position 0 is outside a vocabulary of 300") == true)
      try dataset.validate(vocabularySize: 301)
    }
  }

  @Test(arguments: ["train.bin", "val.bin", "tokenizer.json"])
  func `a prepared directory that lacks a file is refused by that file's name`(name: String) throws {
    try withScratch { scratch in
      for present in ["train.bin", "val.bin"] where present != name {
        try TokenFile.write([1, 2], to: scratch[present], format: .nanoGPT)
      }
      if name != "tokenizer.json" { try Tokenizer.bytes.write(to: scratch["tokenizer.json"]) }
      let refused = message { () throws(CorpusError) in _ = try Dataset(preparedDirectory: scratch.path) }
      #expect(refused?.hasPrefix("\(scratch[name]): cannot be read") == true)
    }
  }
}
