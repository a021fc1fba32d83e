internal import Model
internal import Training

extension Reader {
  /// What data-parallel ranks share out. Stage 0 shares nothing, so it has no volumes to choose.
  mutating func readZeRO() -> ZeROPlan {
    let stage = read(Keys.zeroStage)
    let profile = stage > 0 ? read(Keys.zeroProfile) : .paper
    refuseUnread(
      of: [Keys.zeroProfile.description], because: "is not used by zero_optimization.stage 0",
      choice: Keys.zeroStage.name, hint: "remove it, or use stage 1, 2 or 3")
    let device = read(Keys.offload)
    return ZeROPlan(stage: stage, profile: profile, offloadsOptimizer: device == .cpu)
  }

  mutating func readRecomputation() -> Recomputation {
    let mode = read(Keys.recomputationMode)
    let interval = mode == .full ? read(Keys.recomputationInterval) : 1
    refuseUnread(
      of: [Keys.recomputationInterval.description],
      because: "is not used by activation_checkpointing.mode \(mode.rawValue)", choice: Keys.recomputationMode.name)
    return switch mode {
    case .none: .none
    case .selective: .selective
    case .full: .full(every: interval)
    }
  }
}
