import ArgumentParser
import Foundation

/// Tokens per second beside PyTorch DDP over gloo, on the same cores, the two in turn.
struct TrainBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Training beside PyTorch DDP: tokens/s, memory and their ratios.",
    discussion: """
      PyTorch runs with one thread on each rank, as Orrery does. Install it anywhere and name its interpreter:
      python3 -m venv peer && peer/bin/pip install "torch==2.13.0+cpu" numpy
      orrery-bench train --peer-python peer/bin/python
      """)

  @Option(parsing: .upToNextOption, help: "tiny, small, medium.") var models = [BenchModel.tiny, .small]
  @Option(help: "Pairs of runs.") var rounds = 5
  @Option(help: "Seconds of each run, at least.") var seconds = 6.0
  @Option(help: "Ranks of one thread each.") var ranks = 2
  @Option(help: "The Python interpreter that has PyTorch; without one, Orrery is measured alone.") var peerPython:
    String?
  @Option(help: "PyTorch's side.") var peerScript = "bench/torch_ddp.py"
  @Option(help: "Write all measurements to a JSON file.") var json: String?

  struct Result: Codable {
    var model: String
    var ranks: Int
    var orrery: [TrainMeasurement]
    var pytorch: [TrainMeasurement]
    var tokensPerSecond, peerTokensPerSecond, ratio, memoryRatio: Spread?
  }

  func validate() throws {
    guard rounds > 0, ranks > 0 else { throw ValidationError("--rounds and --ranks are at least 1.") }
    if peerPython != nil && !FileManager.default.fileExists(atPath: peerScript) {
      throw ValidationError("\(peerScript) is missing; run from the repository's folder or name it with --peer-script.")
    }
  }

  func run() throws {
    if peerPython == nil { print("No --peer-python: Orrery alone. See 'orrery-bench train --help'.") }
    print(
      "model    ranks  Orrery tokens/s              PyTorch DDP tokens/s         ratio                 MiB per rank, ratio"
    )
    var results: [Result] = []
    for model in models {
      let result = try measure(model)
      results.append(result)
      print(line(result))
    }
    try write(results, to: json)
  }

  private func measure(_ model: BenchModel) throws -> Result {
    var result = Result(model: model.rawValue, ranks: ranks, orrery: [], pytorch: [])
    for _ in 0..<rounds {
      result.orrery += try jsonLines(
        mpirun(ranks: ranks, ["train-rank", "--model", model.rawValue, "--seconds", "\(seconds)"]),
        as: TrainMeasurement.self)
      guard let peerPython else { continue }
      result.pytorch += try jsonLines(
        [
          "OMP_NUM_THREADS=1", peerPython, peerScript, "--model", model.rawValue, "--nproc", "\(ranks)", "--threads",
          "1", "--seconds", "\(seconds)",
        ], as: TrainMeasurement.self)
    }
    result.tokensPerSecond = Spread(result.orrery.map(\.tokensPerSecond))
    guard !result.pytorch.isEmpty else { return result }
    result.peerTokensPerSecond = Spread(result.pytorch.map(\.tokensPerSecond))
    result.ratio = Spread(zip(result.orrery, result.pytorch).map { $0.tokensPerSecond / $1.tokensPerSecond })
    result.memoryRatio = Spread(zip(result.orrery, result.pytorch).map { $0.residentMiB / $1.residentMiB })
    return result
  }

  private func line(_ r: Result) -> String {
    let memory = Spread(r.orrery.map(\.residentMiB)).median
    let columns = [
      r.model.padding(toLength: 8, withPad: " ", startingAt: 0), "\(r.ranks)    ",
      (r.tokensPerSecond?.text("%.0f") ?? "").padding(toLength: 28, withPad: " ", startingAt: 0),
      (r.peerTokensPerSecond?.text("%.0f") ?? "not measured").padding(toLength: 28, withPad: " ", startingAt: 0),
      (r.ratio?.text("%.2f") ?? "–").padding(toLength: 21, withPad: " ", startingAt: 0),
      String(format: "%.0f", memory) + (r.memoryRatio.map { String(format: ", %.2f", $0.median) } ?? ""),
    ]
    return columns.joined(separator: " ")
  }
}
