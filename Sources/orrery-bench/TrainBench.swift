import ArgumentParser

struct TrainBench: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train", abstract: "Training beside PyTorch DDP.")
  func run() throws {}
}
