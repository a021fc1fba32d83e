import Foundation
import Testing

extension EndToEnd {
  /// Bytes on the disk that are not those that were written.
  @Suite struct DamageTests {
    /// What can happen to a file.
    enum Harm: CaseIterable { case cutShort, flippedBit, missing }

    @Test(arguments: Harm.allCases, ["model.safetensors", "state.json", "manifest.json"])
    func `Resuming passes over a damaged checkpoint with a note and goes on from the older one`(
      harm: Harm, file: String
    ) async throws {
      let (scratch, run) = try await checkpointed()
      try damage("saved/step-00000006/\(file)", harm, in: scratch)
      let outcome = try await run.trainThreads("checkpoint.folder=saved", "training.steps=8", "--resume")
      #expect(outcome.status == 0, "\(outcome)")
      let notes = try scratch.metrics().notes
      #expect(notes.count == 2)
      #expect(notes.first?.hasPrefix("passed over a damaged checkpoint, step 6: ") == true)
      // Without its manifest a folder is no checkpoint, and nobody can tell which file is missing.
      #expect(notes.first?.contains(harm == .missing && file == "manifest.json" ? "manifest" : file) == true)
      #expect(notes.last?.hasPrefix("resumed from step 4") == true)
      #expect(outcome.output.contains("note: passed over a damaged checkpoint, step 6"))
      let steps = try scratch.metrics().steps.map(\.step)
      #expect(steps == Array(1...8))
    }

    @Test func `Where every checkpoint is damaged the error lists each, and no rank trains`() async throws {
      let (scratch, run) = try await checkpointed()
      try damage("saved/step-00000006/model.safetensors", .cutShort, in: scratch)
      try damage("saved/step-00000004/optimizer.safetensors", .flippedBit, in: scratch)
      let before = try scratch.listing()
      let outcome = try await run.train("checkpoint.folder=saved", "training.steps=8", "--resume", "metrics.file=null")
      #expect(outcome.status == 65)
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains("holds no valid checkpoint:"))
      #expect(outcome.errors.contains(/step 6: .*model\.safetensors: is .* it was cut short/))
      #expect(outcome.errors.contains(/step 4: .*optimizer\.safetensors: holds other bytes than were written/))
      #expect(!outcome.output.contains("step 7"))
      let after = try scratch.listing()
      #expect(before == after)
    }

    @Test func `checkpoint verify reads every byte and names what is damaged`() async throws {
      let (scratch, _) = try await checkpointed()
      let sound = try await scratch.orrery("checkpoint", "verify", "saved")
      #expect(sound.status == 0)
      #expect(sound.output == "step 4: 6 files, sound\nstep 6: 6 files, sound\n")
      try damage("saved/step-00000004/tokenizer.json", .flippedBit, in: scratch)
      let damaged = try await scratch.orrery("checkpoint", "verify", "saved")
      #expect(damaged.status == 65)
      #expect(damaged.output.contains(/step 4: .*tokenizer\.json: holds other bytes than were written/))
      #expect(damaged.output.contains("step 6: 6 files, sound"))
    }

    @Test func `A text is generated from the older checkpoint, with a note`() async throws {
      let (scratch, _) = try await checkpointed()
      try damage("saved/step-00000006/model.safetensors", .flippedBit, in: scratch)
      let newest = try await scratch.orrery("generate", "saved", "--tokens", "30")
      let older = try await scratch.orrery("generate", "saved/step-00000004", "--tokens", "30")
      #expect(newest.status == 0)
      #expect(newest.errors.hasPrefix("orrery: note: passed over a damaged checkpoint, step 6: "))
      #expect(newest.output == older.output)
      #expect(older.errors.isEmpty)
    }

    /// A run of six steps with checkpoints of steps 4 and 6.
    private func checkpointed() async throws -> (Scratch, Run) {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      let outcome = try await run.trainThreads("checkpoint.folder=saved", "checkpoint.interval=2")
      #expect(outcome.status == 0, "\(outcome)")
      return (scratch, run)
    }

    private func damage(_ name: String, _ harm: Harm, in scratch: Scratch) throws {
      switch harm {
      case .cutShort: try scratch.truncate(name, to: -9)
      case .flippedBit: try scratch.flip(name, byte: -20, bit: 2)
      case .missing: try FileManager.default.removeItem(at: scratch.file(name))
      }
    }
  }
}
