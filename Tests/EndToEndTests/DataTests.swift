import Foundation
import Testing

extension EndToEnd {
  @Suite struct DataTests {
    @Test(arguments: ["nanogpt", "llm.c"])
    func `A prepared corpus trains as its text does`(format: String) async throws {
      let scratch = try Scratch()
      let fromText = try await Run(in: scratch).trainThreads("metrics.file=text.jsonl")
      #expect(fromText.status == 0, "\(fromText)")
      let prepared = try await scratch.orrery(
        "data", "prepare", Scratch.textName, "-o", "prepared", "--format", format)
      #expect(prepared.status == 0, "\(prepared)")
      let fromTokens = try await Run(Run.onPrepared, in: scratch).trainThreads("metrics.file=tokens.jsonl")
      #expect(fromTokens.status == 0, "\(fromTokens)")
      let (left, right) = (try scratch.metrics("text.jsonl").steps, try scratch.metrics("tokens.jsonl").steps)
      #expect(left == right)
    }

    @Test func `Bytes become tokens of their own value, and inspect shows them`() async throws {
      let scratch = try Scratch()
      try scratch.write("Orrery: \u{263C} and planets", to: "small.txt")
      let prepared = try await scratch.orrery(
        "data", "prepare", "small.txt", "-o", "prepared", "--tokenizer", "bytes", "--validation-fraction", "0.25")
      let summary = "prepared: 17 training and 6 validation tokens, vocabulary 256 (bytes), nanogpt format\n"
      #expect(prepared.output == summary)
      let training = try Data(contentsOf: scratch.file("prepared/train.bin"))
      let tokens = try training + Data(contentsOf: scratch.file("prepared/val.bin"))
      let expected = Data("Orrery: \u{263C} and planets".utf8.flatMap { [$0, 0] })
      #expect(tokens == expected)
      let inspected = try await scratch.orrery("data", "inspect", "prepared/train.bin")
      let beginning = "79 114 114 101 114 121 58 32 226 152 188 32 97 110 100 32"
      #expect(inspected.output == "prepared/train.bin: nanogpt format, 17 tokens, beginning \(beginning)\n")
    }

    @Test func `Inspect finds a token outside a vocabulary`() async throws {
      let scratch = try Scratch()
      _ = try await scratch.orrery("data", "prepare", Scratch.textName, "-o", "prepared")
      let outcome = try await scratch.orrery("data", "inspect", "prepared/train.bin", "--vocabulary", "3")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("is outside a vocabulary of 3"))
    }

    @Test(arguments: [
      (["nowhere.txt", "-o", "prepared"], Int32(65), "nowhere.txt: cannot be read"),
      (["nowhere.txt", "-o", "deep/prepared"], 65, "nowhere.txt: cannot be read"),
      (["text.txt", "-o", "text.txt/prepared"], 74, "text.txt/prepared: cannot be made"),
      (["text.txt", "-o", "text.txt"], 74, "text.txt: "),
      (["text.txt", "-o", "prepared", "--validation-fraction", "1"], 65, "give one between 0 and 1"),
    ])
    func `A corpus that cannot be prepared leaves nothing`(
      arguments: [String], status: Int32, says: String
    ) async throws {
      let scratch = try Scratch()
      let before = try scratch.listing()
      let outcome = try await Job([Orrery.executable.path, "data", "prepare"] + arguments, in: scratch).finish()
      #expect(outcome.status == status, "\(outcome)")
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains(says), "\(outcome)")
      let after = try scratch.listing()
      #expect(before == after)
    }
  }
}
