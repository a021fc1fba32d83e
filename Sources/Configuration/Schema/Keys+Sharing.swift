internal import Training

extension Keys {
  static let zeroStage = Key<Int>(
    "zero_optimization.stage", .integer(atLeast: 0, atMost: 3), default: 0,
    "What data-parallel ranks share out: 0 nothing, 1 optimizer state, 2 gradients too, 3 parameters too.",
    aliases: ["zero_stage", "optimizer.zero_stage"])
  static let zeroProfile = Key<ZeROPlan.Profile>(
    "zero_optimization.profile", .choice, default: .paper,
    "Which volumes are moved: the paper's, or DeepSpeed's, which sums whole gradients everywhere. For stages 1 to 3.")
  static let offload = Key<OffloadDevice>(
    "zero_optimization.offload_optimizer.device", .choice, default: .none,
    "Where optimizer state lives: with the parameters, or in the host's memory (cpu). At any stage.")

  static let zeroSection = [zeroStage.description, zeroProfile.description, offload.description]

  static let recomputationMode = Key<RecomputationMode>(
    "activation_checkpointing.mode", .choice, default: .none,
    "What is computed again in the backward pass instead of being kept: nothing, the attention core, or whole blocks.",
    aliases: ["activation_checkpoint.mode", "recompute_granularity"])
  static let recomputationInterval = Key<Int>(
    "activation_checkpointing.every", .count, default: 1, "Every so many layers, from the first on.",
    of: [RecomputationMode.full.rawValue])

  static let recomputationSection = [recomputationMode.description, recomputationInterval.description]
}

/// Where optimizer state can live, by the words of a file.
enum OffloadDevice: String, Hashable, Sendable, CaseIterable {
  case none, cpu
}

/// What is computed twice, by the words of a file.
enum RecomputationMode: String, Hashable, Sendable, CaseIterable {
  case none, selective, full
}
