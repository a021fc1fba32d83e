import Checkpoint
import Foundation
import Testing

@Suite("The latest valid checkpoint")
struct CheckpointStoreValidityTests {
  @Test("is the newest, when nothing is damaged")
  func newest() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      for step in 1...3 { try saveSmall(store, step: step) }
      let (checkpoint, rejected) = try store.latestValid()
      #expect(checkpoint.step == 3)
      #expect(rejected.isEmpty)
    }
  }

  @Test("is an older one when newer ones are damaged, each with its reason")
  func fallback() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      for step in 1...4 { try saveSmall(store, step: step) }
      try flip(store.checkpoint(step: 4).url.appending(path: "model.safetensors"), byte: 70)
      let cut = try store.checkpoint(step: 3).url.appending(path: "state.json")
      try Data(contentsOf: cut).dropLast().write(to: cut)
      try FileManager.default.removeItem(at: store.checkpoint(step: 2).url.appending(path: "manifest.json"))
      let (checkpoint, rejected) = try store.latestValid()
      #expect(checkpoint.step == 1)
      #expect(rejected.map(\.step) == [4, 3, 2])
      let reasons = ["holds other bytes", "cut short", "has no manifest.json"]
      for (one, reason) in zip(rejected, reasons) { #expect(one.reason.reason.contains(reason), "\(one)") }
    }
  }

  @Test("is an error that lists every reason when all are damaged")
  func none() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      #expect(try failure { _ = try store.latestValid() }.reason == "holds no checkpoint")
      for step in 1...2 { try flip(saveSmall(store, step: step).url.appending(path: "state.json")) }
      let lines = try failure { _ = try store.latestValid() }.description.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[0].hasSuffix("holds no valid checkpoint:"))
      #expect(lines[1].hasPrefix("  step 2: ") && lines[1].contains("step-00000002/state.json"))
      #expect(lines[2].hasPrefix("  step 1: ") && lines[2].contains("holds other bytes"))
    }
  }
}
