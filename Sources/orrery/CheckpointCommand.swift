import ArgumentParser
import Checkpoint
import Foundation
import Quantities

struct CheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Look into checkpoints and check them.",
    subcommands: [Inspect.self, Verify.self])

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a checkpoint's tensors with type, shape and size.")

    @Argument(help: "A checkpoint folder, a step folder, or a Hugging Face folder.", completion: .directory)
    var path: String

    func run() throws {
      let folder = try ModelFolder(opening: URL(filePath: path))
      var total = ByteCount.zero
      for name in folder.tensorNames {
        let entry = try folder.entry(name)
        let bytes = ByteCount(entry.range.count)
        total += bytes
        print("\(name)  \(entry.type.rawValue)  \(entry.shape)  \(bytes)")
      }
      print("\(folder.url.path(percentEncoded: false)): \(folder.tensorNames.count) tensors, \(total)")
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read every byte and hold it against the checksums.")

    @Argument(help: "A checkpoint folder or a step folder.", completion: .directory) var path: String

    func run() throws {
      let url = URL(filePath: path)
      let steps = try CheckpointStore(url).checkpoints()
      let all = try steps.isEmpty ? [Checkpoint(at: url)] : steps.map { try CheckpointStore(url).checkpoint(step: $0) }
      var damaged: [CheckpointError] = []
      for checkpoint in all {
        do {
          try checkpoint.verify()
          print("step \(checkpoint.step): \(checkpoint.files.count) files, sound")
        } catch {
          print("step \(checkpoint.step): \(error)")
          damaged.append(error)
        }
      }
      if !damaged.isEmpty { throw ExitCode(Failure.Code.data.rawValue) }
    }
  }
}
