import Checkpoint
package import Foundation
import Model
package import Training

/// Runs that are saved in one layout and taken up in another. Checkpoints hold no trace of the layout, so that every way through
/// them must end where a run in one piece does.
package struct Resharding: Sendable {
  package var run: TinyRun
  /// Steps before the checkpoint; as many as `run.steps` follow it.
  package var before: Int
  private let folder: URL

  /// - Parameter folder: holds one store of checkpoints a layout.
  package init(_ run: TinyRun, before: Int, in folder: URL) {
    (self.run, self.before, self.folder) = (run, before, folder)
  }

  private func store(_ layout: TinyLayout) -> CheckpointStore {
    CheckpointStore(folder.appending(path: layout.description.replacing(" ", with: "-")))
  }

  /// The run in one piece, and in one process: its report begins after the steps that others do before their checkpoint.
  package func straight(_ layout: TinyLayout = TinyLayout()) throws -> [RankReport] {
    let (run, before) = (run, before)
    return try run.train(layout) { trainer in try run.advance(trainer, to: before, layout) }
  }

  /// The run in one layout, saved on its way.
  package func save(_ layout: TinyLayout) throws -> [RankReport] {
    let (run, before, store) = (run, before, store(layout))
    return try run.train(layout) { trainer in
      try run.advance(trainer, to: before, layout)
      guard trainer.layout.rank == 0 else { return try trainer.contribute() }
      try store.save(step: before) { try trainer.write(into: &$0) }
    }
  }

  /// The steps after the checkpoint that one layout left, in another.
  ///
  /// - Parameter damage: what befalls the trainer between the checkpoint and the first step.
  package func resume(
    from origin: TinyLayout, in layout: TinyLayout, damage: @escaping @Sendable (Trainer) -> Void = { _ in }
  ) throws -> [RankReport] {
    let checkpoint = try store(origin).checkpoint(step: before)
    return try run.train(layout) {
      try $0.resume(from: checkpoint)
      damage($0)
    }
  }

  /// The files of a checkpoint that hold tensors.
  package func tensors(of layout: TinyLayout) throws -> [Data] {
    let checkpoint = try store(layout).checkpoint(step: before)
    return try [Trainer.parameterFile, Trainer.optimizerFile].map { try checkpoint.data($0) }
  }
}

extension TinyRun {
  /// Trains up to a step.
  fileprivate func advance(_ trainer: Trainer, to step: Int, _ layout: TinyLayout) throws {
    while trainer.stepCount < step {
      _ = try trainer.step(microBatches(step: trainer.stepCount, rank: trainer.layout.rank, layout))
    }
  }
}

/// A folder of its own, gone afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "orrery-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
