import Checkpoint
import Foundation
import Testing

@Suite("A checkpoint store")
struct CheckpointStoreTests {
  @Test("lists steps in order and ignores everything else in its folder")
  func listing() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder.appending(path: "runs/new"))
      #expect(try store.checkpoints().isEmpty)
      for step in [20, 100_000_000, 3] { try saveSmall(store, step: step) }
      for name in ["step-4", "step-00000004x", "step--0000004", "notes", ".step-00000005.partial-1"] {
        try FileManager.default.createDirectory(
          at: store.directory.appending(path: name), withIntermediateDirectories: false)
      }
      #expect(try store.checkpoints() == [3, 20, 100_000_000])
      #expect(try store.latestValid().checkpoint.url.lastPathComponent == "step-100000000")
    }
  }

  @Test("names the steps it has when another is asked for")
  func absentStep() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      for step in [1, 2] { try saveSmall(store, step: step) }
      let error = try failure { _ = try store.checkpoint(step: 3) }
      #expect(error.reason == "has no checkpoint of step 3")
      #expect(error.hint == "Steps that it has: 1, 2.")
    }
  }

  @Test("refuses a checkpoint whose folder was renamed to another step")
  func renamed() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      let url = try saveSmall(store, step: 1).url
      try FileManager.default.moveItem(at: url, to: folder.appending(path: "step-00000009"))
      #expect(try failure { _ = try store.checkpoint(step: 9) }.reason == "holds step 1, not the step of its name")
    }
  }

  @Test("offers the old checkpoint when a replacement was cut off between its two renames, and heals on the next save")
  func interruptedReplacement() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      let url = try saveSmall(store, step: 5, mark: 1).url
      try FileManager.default.moveItem(at: url, to: folder.appending(path: ".step-00000005.replaced-\(deadProcess)"))
      #expect(try store.checkpoints() == [5])
      #expect(try store.latestValid().checkpoint.readJSON("state.json") == ["mark": 1])
      try saveSmall(store, step: 6)
      #expect(try names(in: folder) == ["step-00000005", "step-00000006"])
      try store.checkpoint(step: 5).verify()
    }
  }
}

/// No process has this number: Linux ends at 2^22.
let deadProcess = 999_999_999
