import Foundation

/// A run's file, and the commands that start it.
struct Run {
  /// Four kilobytes of parameters in fp64: numbers are exact to the last digits, and a step takes a millisecond.
  static let file = """
    model:
      vocab_size: auto
      n_positions: 16
      n_embd: 16
      n_layer: 1
      n_head: 2
    data:
      path: text.txt
    parallelism:
      dp: 2
    precision: fp64
    global_batch_size: 12
    training:
      steps: 6
    optimizer:
      type: adamw
      lr: 1e-2
    evaluation:
      iterations: 0
    metrics:
      file: metrics.jsonl
    """
  static let name = "run.yaml"
  static let layers = 1

  let scratch: Scratch

  init(_ text: String = Run.file, in scratch: Scratch) throws {
    self.scratch = scratch
    try scratch.write(text, to: Run.name)
  }

  /// The same file on tokens that `orrery data prepare` wrote.
  static let onPrepared = file.replacing("path: text.txt", with: "prepared: prepared")
}

extension Run {
  func start(_ settings: String..., deadline: Duration = .seconds(60)) throws -> Job {
    try Job(command(settings), in: scratch, deadline: deadline)
  }

  func train(_ settings: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await Job(command(settings), in: scratch, environment: environment).finish()
  }

  func train(_ settings: [String]) async throws -> Outcome { try await Job(command(settings), in: scratch).finish() }

  func underMPI(ranks: Int, _ settings: [String]) async throws -> Outcome {
    try await Job(Run.mpirun(ranks) + command(settings), in: scratch).finish()
  }

  /// Ranks as threads: the same numbers in a fraction of the time, for tests that are not about MPI.
  func trainThreads(_ settings: String...) async throws -> Outcome {
    try await Job(command(settings + ["--transport", "threads"]), in: scratch).finish()
  }

  /// The ranks are started by `mpirun`, as a cluster's scripts do.
  func underMPI(ranks: Int, flags: [String] = [], _ settings: String...) async throws -> Outcome {
    try await Job(Run.mpirun(ranks, flags) + command(settings), in: scratch).finish()
  }

  private func command(_ settings: [String]) -> [String] { [Orrery.executable.path, "train", Run.name] + settings }

  static func mpirun(_ ranks: Int, _ flags: [String] = []) -> [String] {
    let root = geteuid() == 0 ? ["--allow-run-as-root"] : []
    return ["/usr/bin/env", "mpirun"] + root
      + ["--oversubscribe", "--mca", "mpi_yield_when_idle", "1"] + flags + ["-np", "\(ranks)"]
  }
}

extension Scratch {
  /// Any other command of the program.
  func orrery(_ arguments: String...) async throws -> Outcome {
    try await Job([Orrery.executable.path] + arguments, in: self).finish()
  }

  func metrics(_ name: String = "metrics.jsonl") throws -> Metrics { try Metrics(text(name)) }
}
