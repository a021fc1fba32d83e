import Foundation
import Testing

extension EndToEnd {
  @Suite struct GenerationTests {
    @Test func `Equal seeds repeat a text, other seeds and warmth change it`() async throws {
      let scratch = try await trained()
      let first = try await text(scratch)
      let again = try await text(scratch)
      let other = try await text(scratch, "--seed", "2")
      let warmer = try await text(scratch, "--temperature", "1.5")
      #expect(first == again)
      #expect(first != other)
      #expect(first != warmer)
    }

    @Test func `No temperature, and one token to draw from, are the most likely text whatever the seed`() async throws {
      let scratch = try await trained()
      let cold = try await text(scratch, "--temperature", "0")
      let reseeded = try await text(scratch, "--temperature", "0", "--seed", "2")
      let single = try await text(scratch, "--top-k", "1", "--seed", "3")
      let nucleus = try await text(scratch, "--top-p", "1e-9", "--seed", "4")
      #expect(cold == reseeded)
      #expect(cold == single)
      #expect(cold == nucleus)
      let sampled = try await text(scratch)
      #expect(cold != sampled)
    }

    @Test func `A text goes on beyond the context, and begins as a shorter one does`() async throws {
      let scratch = try await trained()
      // Sixteen positions: the context is renewed many times over.
      let long = try await text(scratch, "--tokens", "200", "--prompt", "the")
      let short = try await text(scratch, "--tokens", "10", "--prompt", "the")
      #expect(long.count == 3 + 200 + 1)
      #expect(short.count == 3 + 10 + 1)
      #expect(long.hasPrefix(short.dropLast()))
      let prompt = String(repeating: "toe ", count: 30)
      let after = try await text(scratch, "--tokens", "5", "--prompt", prompt)
      #expect(after.hasPrefix(prompt))
      #expect(after.count == 120 + 5 + 1)
    }

    @Test func `A prompt that the vocabulary cannot write is an error that says which character`() async throws {
      let scratch = try await trained()
      let outcome = try await scratch.orrery("generate", "saved", "--prompt", "toe\u{E9}")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("(U+00E9) at position 3"))
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.output.isEmpty)
    }

    @Test func `The sample at the end of a run is what generate writes`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).trainThreads(
        "checkpoint.folder=saved", "precision=fp32", "generation.tokens=40", "generation.prompt=toe", "seed=5")
      let generated = try await text(scratch, "--tokens", "40", "--prompt", "toe", "--seed", "5")
      #expect(outcome.output.hasSuffix("sample after 6 steps:\n\n\(generated)"), "\(outcome.output)")
    }

    /// What `LlamaForCausalLM.generate` of transformers 5.23 makes of the fixture: random weights, four heads over two, rotary positions.
    @Test func `A LLaMA of Hugging Face continues a text as transformers does`() async throws {
      let folder = Orrery.tests.appending(path: "Fixtures/llama").path
      let prompt = "0:R8ln>\\HBJ`D66D`JBH"
      let outcome = try await (try Scratch()).orrery(
        "generate", folder, "--temperature", "0", "--tokens", "30", "--prompt", prompt)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output == prompt + "4=W3Jg0M\\eKPkY1lV60M\\eKPkY1lV6\n")
    }

    @Test func `A folder without a model is an error`() async throws {
      let scratch = try Scratch()
      let missing = try await scratch.orrery("generate", "nowhere")
      #expect(missing.status == 65, "\(missing)")
      #expect(missing.errors.contains("nowhere: cannot be read: No such file or directory"))
      let empty = try await scratch.orrery("generate", ".")
      #expect(empty.status == 65)
      #expect(empty.errors.contains("holds no checkpoint"))
    }

    /// A model after forty steps, on the disk: enough to prefer some letters to others.
    private func trained() async throws -> Scratch {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).trainThreads("training.steps=40", "checkpoint.folder=saved")
      #expect(outcome.status == 0, "\(outcome)")
      return scratch
    }

    private func text(_ scratch: Scratch, _ options: String...) async throws -> String {
      let command = [Orrery.executable.path, "generate", "saved", "--tokens", "60"] + options
      let outcome = try await Job(command, in: scratch).finish()
      #expect(outcome.status == 0, "\(outcome)")
      return outcome.output
    }
  }
}
