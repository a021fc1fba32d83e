import Foundation
import Testing

extension EndToEnd {
  /// What users get wrong: each mistake has an exit code, one clear text, and leaves nothing behind.
  @Suite struct BadInputTests {
    struct Mistake: CustomTestStringConvertible, Sendable {
      var testDescription: String
      /// A part of the run's file, and what stands there instead.
      var replacing = ("", "")
      /// Settings and options of the command line.
      var settings: [String] = []
      var prepare: @Sendable (Scratch) throws -> Void = { _ in }
      var status: Int32 = 65
      /// The beginning of the error, after `orrery: error: `.
      var begins = ""
      var says: [String]
    }

    @Test(arguments: configuration + data + folders)
    func `A mistake is told in one text with a way out, and leaves no file`(_ mistake: Mistake) async throws {
      let scratch = try Scratch()
      let (old, new) = mistake.replacing
      let run = try Run(old.isEmpty ? Run.file : Run.file.replacing(old, with: new), in: scratch)
      try mistake.prepare(scratch)
      let before = try scratch.listing()
      let command = [Orrery.executable.path, "train", Run.name] + mistake.settings
      let outcome = try await Job(command, in: run.scratch).finish()
      let after = try scratch.listing()
      #expect(outcome.status == mistake.status, "\(outcome)")
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.hasPrefix("orrery: error: \(mistake.begins)"), "\(outcome)")
      for words in mistake.says { #expect(outcome.errors.contains(words), "\(outcome)") }
      #expect(!outcome.output.contains("training began"))
      #expect(before == after)
    }

    @Test func `All mistakes of a file are told at once, in its order, with line, column and key`() async throws {
      let text = Run.file.replacing("n_embd: 16", with: "n_embd: 15")
        .replacing("global_batch_size: 12", with: "global_batch_size: 7")
        .replacing("lr: 1e-2", with: "lr: -1\n  betas: [0.9]").replacing("evaluation:", with: "evaluaton:")
      let outcome = try await Run(text, in: try Scratch()).train("seed=x")
      let expected = """
        orrery: error: run.yaml:4:11: model.n_embd '15' does not divide by n_head 2; \
        use 14 or 16, or another number of heads
        orrery: error: run.yaml:12:20: global_batch_size '7' does not fit: global_batch_size 7 does not divide by \
        gradient_accumulation_steps 1 × dp 2 = 2 (remainder 1); use a global_batch_size of 6 or 8
        orrery: error: run.yaml:17:7: optimizer.lr '-1' is not a number ≥ 0
        orrery: error: run.yaml:18:10: optimizer.betas has 1 values, not 2
        orrery: error: run.yaml:19:1: evaluaton is no known key; did you mean 'evaluation'?
        orrery: error: override seed=x: seed 'x' is not an integer ≥ 0

        """
      #expect(outcome.status == 65)
      #expect(outcome.errors == expected)
    }

    @Test(arguments: [
      (["train"], "Name the run's YAML file"), (["train", "run.yaml", "--resume", "--fresh"], "exclude each other"),
      (["trian"], "trian"), (["generate", "saved", "--tokens", "-1"], "--tokens"),
      (["generate", "saved", "--temperature", "nan"], "--temperature"),
      (["generate", "saved", "--top-k", "0"], "--top-k"),
      (["generate", "saved", "--top-p", "0"], "--top-p"), (["train", "run.yaml", "--transport", "pigeons"], "pigeons"),
    ])
    func `A wrong command line is an error of usage`(arguments: [String], says: String) async throws {
      let outcome = try await Job([Orrery.executable.path] + arguments, in: try Scratch()).finish()
      #expect(outcome.status == 64)
      #expect(outcome.errors.hasPrefix("Error: "))
      #expect(outcome.errors.contains(says))
      #expect(outcome.errors.contains("Usage: orrery"))
    }
  }
}
