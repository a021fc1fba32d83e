import Foundation

extension CheckpointStore {
  /// Writes a checkpoint: `write` fills it, and it appears under its name only when all of it is on the disk.
  ///
  /// A checkpoint of the same step stays until then. If anything fails, what was written is removed and older
  /// checkpoints are as they were. Leftovers of processes that died are cleared away first.
  ///
  /// - Errors: whatever `write` throws; `CheckpointError` with the system's reason.
  @discardableResult
  package func save(step: Int, write: (inout CheckpointWriter) throws -> Void) throws -> Checkpoint {
    try prepare()
    let partial = url(TransientFolder(.partial, step: step).name)
    do {
      try create(partial)
      var writer = CheckpointWriter(folder: partial)
      try write(&writer)
      try writer.finish(step: step)
      try publish(partial, step: step)
    } catch {
      // The first failure is the one to report; a folder that stays is cleared by the next save.
      try? remove(partial)
      throw error
    }
    try prune(afterSaving: step)
    return try checkpoint(step: step)
  }

  /// Makes the folder and sees that a checkpoint can begin there: at the end of a long run it would be late to find out.
  package func checkWritable() throws(CheckpointError) {
    try prepare()
    let probe = url(TransientFolder(.removed, step: 0).name)
    try create(probe)
    try remove(probe)
  }

  /// Gives a sealed folder its name. An older one of that name is set aside first: two folders cannot trade names.
  private func publish(_ partial: URL, step: Int) throws(CheckpointError) {
    let final = url(FolderName.step(step))
    let aside = url(TransientFolder(.replaced, step: step).name)
    let replaces = exists(final)
    if replaces { try move(final, to: aside) }
    do {
      try move(partial, to: final)
    } catch {
      if replaces { try move(aside, to: final) }
      throw error
    }
    try synchronize(folder: directory)
    if replaces { try remove(aside) }
  }

  /// Makes the folder, and clears away what dead processes left in it.
  private func prepare() throws(CheckpointError) {
    if !exists(directory) {
      try create(directory)
      try synchronize(folder: directory.deletingLastPathComponent())
    }
    for name in try entries(of: directory) {
      guard let leftover = TransientFolder(name: name), !leftover.isInUse else { continue }
      let final = url(FolderName.step(leftover.step))
      if leftover.kind == .replaced, !exists(final) {
        try move(url(name), to: final)
      } else {
        try remove(url(name))
      }
    }
  }

  /// Deletes all but the newest `keepLatest`; never the one just saved, and never the newest valid one.
  private func prune(afterSaving saved: Int) throws(CheckpointError) {
    guard let keepLatest else { return }
    let steps = try checkpoints()
    // Only after a run was rewound are there steps above the saved one, and only then must they be read.
    let newestValid = steps.last { $0 == saved || isValid(step: $0) }
    for step in steps.dropLast(keepLatest) where step != saved && step != newestValid { try discard(step: step) }
  }

  /// Deletes a checkpoint; it loses its name first, so that a half-deleted one is never taken for a damaged one.
  private func discard(step: Int) throws(CheckpointError) {
    let doomed = url(TransientFolder(.removed, step: step).name)
    try move(url(FolderName.step(step)), to: doomed)
    try remove(doomed)
  }
}
