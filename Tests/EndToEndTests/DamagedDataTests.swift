import Foundation
import Testing

extension EndToEnd {
  /// Token files that changed after they were prepared.
  @Suite struct DamagedDataTests {
    struct Case: CustomTestStringConvertible, Sendable {
      var testDescription: String
      var format = "nanogpt"
      var damage: @Sendable (Scratch) throws -> Void
      var file = "prepared/train.bin"
      var says: [String]
    }

    static let cases = [
      Case(
        testDescription: "an odd number of bytes", damage: { try $0.truncate(training, to: -1) },
        says: ["an odd number; tokens take two each", "prepare the corpus again"]),
      Case(
        testDescription: "tokens cut off", damage: { try $0.truncate(training, to: -100) }, says: ["prepare"]),
      Case(
        testDescription: "no bytes at all", damage: { try $0.truncate(training, to: 0) },
        says: ["is empty", "prepare the corpus again"]),
      Case(
        testDescription: "a flipped high bit", damage: { try $0.flip(training, byte: 41, bit: 7) },
        says: ["is damaged", "prepare"]),
      Case(
        testDescription: "a flipped low bit", damage: { try $0.flip(training, byte: 40) }, says: ["prepare"]),
      Case(
        testDescription: "llm.c tokens cut off", format: "llm.c", damage: { try $0.truncate(training, to: -100) },
        says: ["is truncated: its header promises", "prepare it again"]),
      Case(
        testDescription: "llm.c header damaged", format: "llm.c", damage: { try $0.flip(training, byte: 4, bit: 3) },
        says: ["version 9 of llm.c's format"]),
      Case(
        testDescription: "a missing file",
        damage: { try FileManager.default.removeItem(at: $0.file("prepared/val.bin")) }, file: "prepared/val.bin",
        says: ["cannot be read: No such file or directory"]),
      Case(
        testDescription: "a cut tokenizer", damage: { try $0.truncate("prepared/tokenizer.json", to: -20) },
        file: "prepared/tokenizer.json", says: ["JSON"]),
    ]
    static let training = "prepared/train.bin"

    @Test(arguments: cases)
    func `A damaged data file is an error that names it, before anything is trained`(_ damage: Case) async throws {
      let scratch = try Scratch()
      let prepared = try await scratch.orrery(
        "data", "prepare", Scratch.textName, "-o", "prepared", "--format", damage.format)
      #expect(prepared.status == 0, "\(prepared)")
      let run = try Run(Run.onPrepared, in: scratch)
      try damage.damage(scratch)
      let before = try scratch.listing()
      let outcome = try await run.trainThreads("evaluation.iterations=1")
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains(damage.file), "\(outcome)")
      for words in damage.says { #expect(outcome.errors.contains(words), "\(outcome)") }
      let after = try scratch.listing()
      #expect(before == after)
    }
  }
}
