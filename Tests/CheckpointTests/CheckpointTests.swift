import Checkpoint
import Foundation
import Testing

@Suite("A checkpoint")
struct CheckpointTests {
  @Test("gives back what was written")
  func roundTrip() throws {
    struct State: Codable, Equatable { var loss = 2.5, tokens = 1 << 40 }
    try withScratch { folder in
      let saved = try CheckpointStore(folder).save(step: 100) { writer in
        try writer.writeJSON("state.json", State())
        try writer.writeData("random.bin", Data([1, 2, 3]))
        try writer.writeData("nothing.bin", Data())
        try writer.writeSafetensors("model.safetensors", [StoredTensor("w", .f32, [])]) { file in
          try file.append(Data([0, 0, 0x80, 0x3f]), to: "w")
        }
      }
      #expect(saved.url.lastPathComponent == "step-00000100")
      let read = try CheckpointStore(folder).checkpoint(step: 100)
      try read.verify()
      #expect(read.step == 100)
      #expect(read.files.map(\.name) == ["state.json", "random.bin", "nothing.bin", "model.safetensors"])
      #expect(try read.readJSON("state.json") == State())
      #expect(try read.data("random.bin") == Data([1, 2, 3]))
      #expect(try read.data("nothing.bin").isEmpty)
      #expect(try read.safetensors("model.safetensors").bytes(of: "w").last == 0x3f)
    }
  }

  @Test("shows every flipped bit, of its manifest too")
  func everyBit() throws {
    try withScratch { folder in
      let checkpoint = try saveSmall(CheckpointStore(folder), step: 3)
      for name in try names(in: checkpoint.url) {
        let url = checkpoint.url.appending(path: name)
        let whole = try Data(contentsOf: url)
        for position in 0..<whole.count * 8 {
          try flip(url, byte: position / 8, bit: position % 8)
          #expect(throws: CheckpointError.self, "\(name), bit \(position)") { try checkpoint.verify() }
          try whole.write(to: url)
        }
      }
      try checkpoint.verify()
    }
  }

  @Test("shows every truncation and every missing file")
  func everyTruncation() throws {
    try withScratch { folder in
      let checkpoint = try saveSmall(CheckpointStore(folder), step: 3)
      for name in try names(in: checkpoint.url) {
        let url = checkpoint.url.appending(path: name)
        let whole = try Data(contentsOf: url)
        for length in 0..<whole.count {
          try whole.prefix(length).write(to: url)
          #expect(throws: CheckpointError.self, "\(name) cut to \(length)") { try checkpoint.verify() }
        }
        try FileManager.default.removeItem(at: url)
        #expect(throws: CheckpointError.self, "\(name) removed") { try checkpoint.verify() }
        try whole.write(to: url)
      }
      try checkpoint.verify()
    }
  }

  @Test("says which file is damaged and how")
  func reasons() throws {
    try withScratch { folder in
      let checkpoint = try saveSmall(CheckpointStore(folder), step: 3)
      let state = checkpoint.url.appending(path: "state.json")
      let whole = try Data(contentsOf: state)
      try whole.dropLast().write(to: state)
      #expect(try failure { try checkpoint.verify() }.reason.contains("cut short"))
      try (whole + [0]).write(to: state)
      #expect(try failure { try checkpoint.verify() }.reason.hasPrefix("is \(whole.count + 1) B long"))
      try whole.write(to: state)
      try flip(state, byte: 1)
      let error = try failure { try checkpoint.verify() }
      #expect(error.file == state.path)
      #expect(error.reason.contains("SHA-256"))
    }
  }

  @Test("names the nearest file when one is not there, and the place in JSON that does not fit")
  func requests() throws {
    try withScratch { folder in
      let checkpoint = try saveSmall(CheckpointStore(folder), step: 3)
      #expect(try failure { _ = try checkpoint.data("stat.json") }.hint == "Did you mean 'state.json'?")
      #expect(try failure { _ = try checkpoint.data("../step-00000003/state.json") }.reason.contains("has no file"))
      let error = try failure { _ = try checkpoint.readJSON("state.json", as: [String: String].self) }
      #expect(error.reason.contains("at 'mark'"), "\(error)")
    }
  }

  @Test("is refused when its manifest is of another format or names files elsewhere")
  func foreignManifest() throws {
    try withScratch { folder in
      let manifest = folder.appending(path: "manifest.json")
      for (version, name, reason) in [(2, "a", "version 2"), (1, "../a", "outside its folder"), (1, "a", nil)] {
        let files = #"[{"name":"\#(name)","bytes":0,"sha256":""}]"#
        let open = #"{"format":"orrery-checkpoint","version":\#(version),"step":1,"files":\#(files)"#
        try sealed(open, in: folder).write(to: manifest)
        if let reason {
          #expect(try failure { _ = try Checkpoint(at: folder) }.reason.contains(reason))
        } else {
          #expect(try Checkpoint(at: folder).step == 1)
        }
      }
    }
  }
}
