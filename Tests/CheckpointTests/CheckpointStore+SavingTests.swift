import Checkpoint
import Foundation
import Testing

@Suite("Saving a checkpoint")
struct CheckpointStoreSavingTests {
  struct Interruption: Error {}

  @Test("that fails midway leaves older checkpoints and nothing else")
  func interrupted() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder, keepLatest: 1)
      try saveSmall(store, step: 1, mark: 1)
      for step in [1, 2] {
        #expect(throws: Interruption.self) {
          try store.save(step: step) { writer in
            try writer.writeData("a.bin", Data(count: 100))
            throw Interruption()
          }
        }
        #expect(try names(in: folder) == ["step-00000001"])
        #expect(try store.latestValid().checkpoint.readJSON("state.json") == ["mark": 1])
      }
    }
  }

  @Test("that fails inside a tensor file leaves nothing either")
  func interruptedTensors() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      #expect(throws: Interruption.self) {
        try store.save(step: 1) { writer in
          try writer.writeSafetensors("m.safetensors", [StoredTensor("w", .u8, [4])]) { file in
            try file.append(Data([1]), to: "w")
            throw Interruption()
          }
        }
      }
      let left = try names(in: folder)
      #expect(left.isEmpty)
    }
  }

  @Test("shows nothing under the final name while it is being written")
  func invisible() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      try store.save(step: 1) { writer in
        try writer.writeData("a.bin", Data([1]))
        #expect(try store.checkpoints().isEmpty)
        #expect(try names(in: folder) == [".step-00000001.partial-\(ProcessInfo.processInfo.processIdentifier)"])
      }
      #expect(try names(in: folder) == ["step-00000001"])
    }
  }

  @Test("on a full disk says so, with the way out, and keeps the older checkpoint")
  func fullDisk() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      try saveSmall(store, step: 1)
      let error = try failure {
        try store.save(step: 2) { writer in
          let partial = folder.appending(path: try names(in: folder)[0])
          try FileManager.default.createSymbolicLink(
            atPath: partial.appending(path: "big.bin").path, withDestinationPath: "/dev/full")
          try writer.writeData("big.bin", Data(count: 5_000_000))
        }
      }
      #expect(error.code == ENOSPC)
      #expect(error.file.hasSuffix("/big.bin"))
      #expect(error.hint?.contains("older checkpoints are untouched") == true)
      #expect(try names(in: folder) == ["step-00000001"])
      #expect(try store.latestValid().checkpoint.step == 1)
    }
  }

  @Test("where a file is in the way says so")
  func unwritable() throws {
    let store = CheckpointStore(referenceFile.appending(path: "store"))
    let error = try failure { try saveSmall(store, step: 1) }
    #expect(error.file == store.directory.path)
    #expect(error.reason.contains("cannot be written"))
  }

  @Test("refuses numbers that JSON cannot hold")
  func notANumber() throws {
    try withScratch { folder in
      let error = try failure {
        try CheckpointStore(folder).save(step: 1) { try $0.writeJSON("state.json", ["loss": Double.nan]) }
      }
      #expect(error.reason.contains("cannot be written as JSON"))
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("of a step that is there replaces it")
  func overwriting() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      let old = try saveSmall(store, step: 1, mark: 1)
      let new = try saveSmall(store, step: 1, mark: 2)
      #expect(try names(in: folder) == ["step-00000001"])
      #expect(try new.readJSON("state.json") == ["mark": 2])
      try new.verify()
      #expect(try failure { try old.verify() }.reason.contains("was replaced"))
    }
  }

  @Test("of a step that is there keeps the old one whole until the last byte of the new one is written")
  func overwritingLate() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      try saveSmall(store, step: 1, mark: 1)
      try store.save(step: 1) { writer in
        try writer.writeJSON("state.json", ["mark": 2])
        #expect(try store.latestValid().checkpoint.readJSON("state.json") == ["mark": 1])
      }
      #expect(try store.latestValid().checkpoint.readJSON("state.json") == ["mark": 2])
    }
  }

  @Test("clears away what dead processes left and leaves a live one's work alone")
  func leftovers() throws {
    try withScratch { folder in
      let live = getppid()
      for kind in ["partial", "replaced", "removed"] {
        for process in [deadProcess, Int(ProcessInfo.processInfo.processIdentifier), Int(live)] {
          let leftover = folder.appending(path: ".step-00000001.\(kind)-\(process)")
          try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: false)
          try Data([1]).write(to: leftover.appending(path: "a.bin"))
        }
      }
      try FileManager.default.createDirectory(
        at: folder.appending(path: "step-00000001"), withIntermediateDirectories: false)
      try saveSmall(CheckpointStore(folder), step: 2)
      let spared = ["partial", "removed", "replaced"].map { ".step-00000001.\($0)-\(live)" }
      #expect(try names(in: folder) == spared + ["step-00000001", "step-00000002"])
    }
  }

  @Test("keeps as many of the newest as asked for", arguments: 1...6)
  func pruning(keepLatest: Int) throws {
    try withScratch { folder in
      let store = CheckpointStore(folder, keepLatest: keepLatest)
      for step in 1...5 { try saveSmall(store, step: step * 10) }
      #expect(try store.checkpoints() == [10, 20, 30, 40, 50].suffix(keepLatest))
      #expect(try names(in: folder).count == min(keepLatest, 5))
    }
  }

  @Test("after a run was rewound deletes neither what it just wrote nor the newest valid checkpoint")
  func rewound() throws {
    try withScratch { folder in
      for step in [10, 20, 30, 40] { try saveSmall(CheckpointStore(folder), step: step) }
      try flip(folder.appending(path: "step-00000040/state.json"))
      let store = CheckpointStore(folder, keepLatest: 1)
      try saveSmall(store, step: 15)
      #expect(try store.checkpoints() == [15, 30, 40])
      #expect(try store.latestValid().checkpoint.step == 30)
    }
  }

  @Test(
    "refuses names that lie elsewhere, the manifest's own, and the same name twice",
    arguments: [["../a"], [".a"], [""], ["manifest.json"], ["a", "a"]])
  func misnamed(files: [String]) async {
    await #expect(processExitsWith: .failure) { [files] in
      try withScratch { folder in
        try CheckpointStore(folder).save(step: 1) { writer in
          for name in files { try writer.writeData(name, Data()) }
        }
      }
    }
  }
}
