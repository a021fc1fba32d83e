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
        try StandardOutput.print("\(name)  \(entry.type.rawValue)  \(entry.shape)  \(bytes)")
      }
      try StandardOutput.print(
        "\(folder.url.path(percentEncoded: false)): \(folder.tensorNames.count) tensors, \(total)")
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Read every byte and hold it against the checksums.")

    @Argument(help: "A checkpoint folder or a step folder.", completion: .directory) var path: String

    func run() throws {
      let url = URL(filePath: path)
      let steps = try CheckpointStore(url).checkpoints()
      let all = try steps.isEmpty ? [Checkpoint(at: url)] : steps.map { try CheckpointStore(url).checkpoint(step: $0) }
      var isSound = true
      for checkpoint in all {
        let damage = damage(to: checkpoint)
        let finding = damage.map { "\($0)" } ?? "\(checkpoint.files.count) files, sound"
        try StandardOutput.print("step \(checkpoint.step): \(finding)")
        isSound = isSound && damage == nil
      }
      if !isSound { throw ExitCode(Failure.Code.data.rawValue) }
    }

    private func damage(to checkpoint: Checkpoint) -> CheckpointError? {
      do { try checkpoint.verify() } catch { return error }
      return nil
    }
  }
}
