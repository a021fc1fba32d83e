import ArgumentParser

/// Speed, measured beside peers: ratios of one run, medians with spread. Never part of the tests.
@main
struct OrreryBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orrery-bench",
    abstract: "Measures training, collectives and kernels beside their peers, alternating, in one run.",
    subcommands: [
      ValidateCommand.self, TrainBench.self, CollectivesBench.self, KernelsBench.self, PredictionsBench.self,
      EstimatesBench.self,
      NetlabBench.self, TrainRank.self, CollectivesRank.self, NetlabRank.self,
    ])
}
