import Checkpoint
import Configuration
import Corpus
import Foundation
import Mesh
import Model
import Training

/// A run that has been checked against its world, its data and its checkpoint folder, before any rank computes.
struct Preparation: Sendable {
  var configuration: RunConfiguration
  var dataset: Dataset
  var mesh: Mesh
  var store: CheckpointStore?

  /// - Errors: a world that does not fit the layout; data that is missing, too short, or beyond the vocabulary.
  init(_ configuration: RunConfiguration, ranks: Int, _ start: StartOptions) throws {
    let resolved = try configuration.resolved(world: ranks)
    let dataset = try Dataset(resolved.data)
    self.configuration = try resolved.withVocabulary(dataset.tokenizer?.vocabularySize ?? 0)
    (self.dataset, mesh) = (dataset, resolved.mesh)
    let splits: [Dataset.Split] = resolved.evaluation.iterations > 0 ? [.training, .validation] : [.training]
    try dataset.check(sequenceLength: resolved.sequenceLength, splits: splits)
    try dataset.validate(vocabularySize: self.configuration.model.vocabularySize, splits: splits)
    store = resolved.checkpoint.folder.map {
      CheckpointStore(
        URL(filePath: $0, directoryHint: .isDirectory),
        keepLatest: resolved.checkpoint.keepLatest == 0 ? nil : resolved.checkpoint.keepLatest)
    }
    if start.resume { try checkResume() }
  }

  /// What one process looks at for all, before any rank starts.
  func check(_ start: StartOptions) throws {
    try checkFiles(start)
    try checkClock()
  }

  /// That everything which the run is to leave behind can be written.
  func checkFiles(_ start: StartOptions) throws {
    try checkStore(start)
    if let path = start.trace { try ClockTrace(path: path).checkWritable() }
  }

  /// What one process looks at for all: that no older run is overwritten unasked, and that checkpoints can be written, before hours
  /// of training depend on it.
  private func checkStore(_ start: StartOptions) throws {
    guard let store else { return }
    if let last = try store.checkpoints().last, !start.resume, !start.fresh {
      throw CheckpointError(
        store.directory, "already holds checkpoints up to step \(last)",
        hint: "Go on from there with --resume, remove them with --fresh, or choose another checkpoint.folder.")
    }
    try store.checkWritable()
  }

  /// Makes room for a run that begins anew.
  func clearStore(_ start: StartOptions) throws {
    guard let store, start.fresh else { return }
    for step in try store.checkpoints() { try FileManager.default.removeItem(at: store.checkpoint(step: step).url) }
  }

  private func checkResume() throws {
    guard let store else {
      throw Failure(
        code: .usage,
        text: "--resume needs checkpoint.folder: there is nowhere to resume from; set it in the run's file"
      ).error
    }
    guard try !store.checkpoints().isEmpty else {
      throw CheckpointError(store.directory, "holds no checkpoint to resume from", hint: "Start without --resume.")
    }
  }
}

extension Dataset {
  init(_ settings: DataSettings) throws {
    switch settings.source {
    case .prepared(let folder): self = try Dataset(preparedDirectory: folder)
    case .text(let paths, let tokenizer, let fraction):
      self = try Dataset(
        texts: paths, tokenizer: tokenizer == .characters ? .characters : .bytes, validationFraction: fraction)
    }
  }
}
