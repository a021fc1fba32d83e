import ArgumentParser
import Foundation
import Quantities

/// Tokens per second beside PyTorch over gloo, on the same cores, the two in turn.
struct TrainBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Training beside PyTorch: tokens/s, memory and their ratios, for each way to share a step.",
    discussion: """
      PyTorch runs with one thread on each rank, as Orrery does. Install it anywhere and name its interpreter:
      python3 -m venv peer && peer/bin/pip install "torch==2.13.0+cpu" numpy
      orrery-bench train --modes ddp zero3 tp pp --peer-python peer/bin/python
      """)

  @Option(parsing: .upToNextOption, help: "tiny, small, medium.") var models = [BenchModel.tiny, .small]
  @Option(parsing: .upToNextOption, help: "ddp, zero1, zero2, zero3, tp, pp.") var modes = [BenchMode.ddp]
  @Option(help: "Pairs of runs.") var rounds = 5
  @Option(help: "Seconds of each run, at least.") var seconds = 6.0
  @Option(help: "Ranks of one thread each.") var ranks = 2
  @Option(help: "The Python interpreter that has PyTorch; without one, Orrery is measured alone.") var peerPython:
    String?
  @Option(help: "Orrery's numbers; anything but fp32 is compared with Orrery's own fp32 instead of PyTorch.")
  var precision = ScalarType.float32
  @Option(help: "PyTorch's side.") var peerScript = "bench/torch_ddp.py"
  @Option(help: "Write all measurements to a JSON file.") var json: String?

  struct Result: Codable {
    var model, mode: String
    var ranks: Int
    var orrery: [TrainMeasurement]
    var peer: [TrainMeasurement]
    var tokensPerSecond, peerTokensPerSecond, ratio, memoryRatio: Spread?
  }

  func validate() throws {
    guard rounds > 0, ranks > 0 else { throw ValidationError("--rounds and --ranks are at least 1.") }
    if peerPython != nil && !FileManager.default.fileExists(atPath: peerScript) {
      throw ValidationError("\(peerScript) is missing; run from the repository's folder or name it with --peer-script.")
    }
  }

  func run() throws {
    if peerPython == nil && precision == .float32 {
      print("No --peer-python: Orrery alone. See 'orrery-bench train --help'.")
    }
    print(
      "model    mode   ranks  Orrery tokens/s              \(peerName) tokens/s         ratio                 MiB per rank, ratio"
    )
    var results: [Result] = []
    for model in models {
      for mode in modes {
        let result = try measure(model, mode)
        results.append(result)
        print(line(result))
      }
    }
    try write(results, to: json)
  }

  private var peerName: String { precision == .float32 ? "PyTorch    " : "Orrery fp32" }

  private func own(_ model: BenchModel, _ mode: BenchMode, _ precision: ScalarType) throws -> [TrainMeasurement] {
    try jsonLines(
      mpirun(
        ranks: ranks,
        [
          "train-rank", "--model", model.rawValue, "--mode", mode.rawValue, "--precision", precision.rawValue,
          "--seconds", "\(seconds)",
        ]), as: TrainMeasurement.self)
  }

  private func peer(_ model: BenchModel, _ mode: BenchMode) throws -> [TrainMeasurement] {
    guard precision == .float32 else { return try own(model, mode, .float32) }
    guard let peerPython else { return [] }
    return try jsonLines(
      [
        "OMP_NUM_THREADS=1", peerPython, peerScript, "--model", model.rawValue, "--mode", mode.rawValue, "--nproc",
        "\(ranks)", "--threads", "1", "--seconds", "\(seconds)",
      ], as: TrainMeasurement.self)
  }

  private func measure(_ model: BenchModel, _ mode: BenchMode) throws -> Result {
    var result = Result(model: model.rawValue, mode: mode.rawValue, ranks: ranks, orrery: [], peer: [])
    for _ in 0..<rounds {
      result.orrery += try own(model, mode, precision)
      result.peer += try peer(model, mode)
    }
    result.tokensPerSecond = Spread(result.orrery.map(\.tokensPerSecond))
    guard !result.peer.isEmpty else { return result }
    result.peerTokensPerSecond = Spread(result.peer.map(\.tokensPerSecond))
    result.ratio = Spread(zip(result.orrery, result.peer).map { $0.tokensPerSecond / $1.tokensPerSecond })
    result.memoryRatio = Spread(zip(result.orrery, result.peer).map { $0.residentMiB / $1.residentMiB })
    return result
  }

  private func line(_ r: Result) -> String {
    let memory = Spread(r.orrery.map(\.residentMiB)).median
    let columns = [
      r.model.padding(toLength: 8, withPad: " ", startingAt: 0),
      r.mode.padding(toLength: 6, withPad: " ", startingAt: 0), "\(r.ranks)    ",
      (r.tokensPerSecond?.text("%.0f") ?? "").padding(toLength: 28, withPad: " ", startingAt: 0),
      (r.peerTokensPerSecond?.text("%.0f") ?? "not measured").padding(toLength: 28, withPad: " ", startingAt: 0),
      (r.ratio?.text("%.2f") ?? "–").padding(toLength: 21, withPad: " ", startingAt: 0),
      String(format: "%.0f", memory) + (r.memoryRatio.map { String(format: ", %.2f", $0.median) } ?? ""),
    ]
    return columns.joined(separator: " ")
  }
}
