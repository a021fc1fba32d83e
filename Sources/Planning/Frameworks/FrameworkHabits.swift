package import Cluster
package import GPUModel
package import Timing

/// How a training framework runs a step where frameworks differ: facts of its source and its year, and the pace of its host thread.
package struct FrameworkHabits: Hashable, Sendable {
  package var name: String
  package var fusion: Lowering.Fusion
  package var optimizer: Lowering.OptimizerLaunch
  package var issue = HostIssue()
  /// Kernels and collectives that the host may have launched before they have ended; nil for any number.
  package var launchesAhead: Int?
  /// Whether gradients and parameters travel beside kernels where nothing else is said.
  package var overlapsData = true
  /// Whether tensor-parallel ranks each send a part of what goes to the next stage, and the receivers gather.
  package var scattersMessages = false
  /// Whether its fused attention is that of before FlashAttention-2.
  package var hasFirstFlashAttention = false
  package var source: String

  package init(
    name: String, fusion: Lowering.Fusion, optimizer: Lowering.OptimizerLaunch = .fused, source: String
  ) {
    (self.name, self.fusion, self.optimizer, self.source) = (name, fusion, optimizer, source)
  }

  /// Its kernels, with the attention that a run has.
  package func lowering(hasFusedAttention: Bool) -> Lowering {
    Lowering(fusion, attention: hasFusedAttention ? .flash : .unfused, optimizer: optimizer)
  }

  /// How many times as long its fused attention takes as the GPU model's, whose constants are of today's libraries.
  ///
  /// - Source: fitted to half of the steps of llm-foundry in train_throughput.csv, whose sequences are of up to 65,536 tokens. Dao 2023,
  ///   arXiv:2307.08691, figures 4 to 7: the second version is about twice as fast on A100 and does not use what is new in Hopper.
  package func attentionFactor(on generation: Generation) -> Double {
    guard hasFirstFlashAttention else { return 1 }
    return [.hopper, .blackwell].contains(generation) ? 3.5 : 1.9
  }

  /// What of GPU and host bears on a step's simulation.
  package var machine: StepSimulation.Machine {
    var machine = StepSimulation.Machine.usual
    machine.launchesAhead = launchesAhead
    return machine
  }
}
