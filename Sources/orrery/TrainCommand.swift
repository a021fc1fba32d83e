import ArgumentParser
import Configuration
import Foundation
import Program
import Transport

struct TrainCommand: ParsableCommand {
  enum TransportName: String, CaseIterable, ExpressibleByArgument { case mpi, threads }

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model in the layout that a configuration describes.",
    discussion: """
      Outside of mpirun it starts as many ranks as the layout needs; under mpirun or Slurm it joins that world.
      Settings of the file can be overridden: orrery train RUN.yaml training.steps=100 parallelism.dp=4
      """)

  @Argument(help: "The run's YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @Option(help: "How ranks talk: as MPI processes, or as threads of one process.")
  var transport = TransportName.mpi

  @Flag(help: "Go on from the newest valid checkpoint of checkpoint.folder.")
  var resume = false

  @Flag(help: "Begin anew although checkpoint.folder holds checkpoints, and remove them.")
  var fresh = false

  @Option(help: "Begin with the parameters of a checkpoint or of a Hugging Face folder.", completion: .directory)
  var initFrom: String?

  @Flag(help: "Print every setting with its type, default and meaning, and end.")
  var helpConfig = false

  @Flag(help: "Print the mesh and every rank's place in it, and end.")
  var showMesh = false

  @Option(
    help: ArgumentHelp(
      "Write the simulated step and the last real one, side by side, for Perfetto or chrome://tracing.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var trace: String?

  @Option(help: .hidden) var terminalWidth: Int?

  func validate() throws {
    if config == nil && !helpConfig { throw ValidationError("Name the run's YAML file; configs/runs has some.") }
    if resume && fresh { throw ValidationError("--resume and --fresh exclude each other.") }
    if resume && initFrom != nil {
      throw ValidationError("--resume takes its parameters from the checkpoint, not from --init-from.")
    }
  }

  func run() throws {
    if helpConfig { return try StandardOutput.print(Schema.reference) }
    let world = World.fromEnvironment()
    // Every rank would find the same mistakes: one says them.
    do {
      let configuration = try RunConfiguration.load(file: config!, overrides: overrides)
      if showMesh { return try show(configuration, world) }
      let start = StartOptions(
        resume: resume, fresh: fresh, initFrom: initFrom, trace: trace, terminalWidth: terminalWidth)
      try run(configuration, start, world)
    } catch {
      guard let rank = world?.rank, rank > 0, let failure = Failure(error) else { throw error }
      failure.waitForFirst(rank)
      throw failure.said(by: "rank \(rank)").error
    }
  }

  private func show(_ configuration: RunConfiguration, _ world: World?) throws {
    guard world?.rank ?? 0 == 0 else { return }
    try StandardOutput.print(
      MeshTable(try configuration.resolved(world: world?.size ?? configuration.defaultRanks)).text)
  }

  private func run(_ configuration: RunConfiguration, _ start: StartOptions, _ world: World?) throws {
    switch (transport, world) {
    case (.threads, let world?) where world.size > 1:
      throw Failure(
        code: .usage,
        text: "--transport threads runs all ranks in one process, but \(world.size) were started; "
          + "start one, or leave it out"
      ).error
    case (.threads, _):
      guard configuration.communication.allReduce != .library else {
        throw Failure(
          code: .data,
          text: "communication.all_reduce 'mpi' does not fit --transport threads: threads have no MPI; "
            + "choose ring, recursive or tree"
        ).error
      }
      try RankSession.runThreads(try Preparation(configuration, ranks: configuration.defaultRanks, start), start)
    case (.mpi, let world?):
      try RankSession.runProcess(try Preparation(configuration, ranks: world.size, start), start)
    case (.mpi, nil):
      let ranks = configuration.defaultRanks
      try Preparation(configuration, ranks: ranks, start).check(start)
      throw ExitCode(try Launcher(ranks: ranks, mesh: configuration.resolved(world: ranks).mesh).run())
    }
  }
}

/// How a run begins, and what it leaves, beside its configuration.
struct StartOptions: Sendable {
  var resume, fresh: Bool
  var initFrom: String?
  /// Where a timeline goes, if anywhere.
  var trace: String?
  /// Columns of the terminal that shows the run; nil where nobody watches.
  var terminalWidth: Int?
}

extension RunConfiguration {
  /// Ranks to start where no world is given: what the layout needs, or for `dp: -1` one on every core.
  var defaultRanks: Int {
    worldSize ?? max(1, ProcessInfo.processInfo.activeProcessorCount / parallelism.others) * parallelism.others
  }
}

/// The world that `mpirun` or Slurm made around this process.
struct World {
  var rank, size: Int

  /// Nil where this process was started by hand.
  static func fromEnvironment() -> World? {
    let environment = ProcessInfo.processInfo.environment
    let names = [
      ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
      ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
    ]
    for (rank, size) in names {
      if let rank = environment[rank].flatMap({ Int($0) }), let size = environment[size].flatMap({ Int($0) }) {
        return World(rank: rank, size: size)
      }
    }
    return nil
  }
}
