package import PipelineSchedules
package import Quantities

/// What data-parallel ranks share out. Rajbhandari et al. 2020, arXiv:1910.02054.
package struct ZeROPlan: Hashable, Sendable, Codable {
  /// Whose volumes are moved.
  package enum Profile: String, Hashable, Sendable, CaseIterable, Codable {
    /// The paper's: stage 1 moves 2Ψ a step, stage 2 (k + 1)Ψ over k micro-batches, stage 3 3kΨ.
    case paper
    /// DeepSpeed's as shipped: whole gradients are summed everywhere, and each rank keeps its part: stage 1 3Ψ, stage 2 (2k + 1)Ψ.
    case deepspeed
  }
  /// 0 nothing, 1 optimizer state, 2 gradients too, 3 parameters too.
  package var stage: Int
  package var profile: Profile
  /// Whether optimizer state lives in the host's memory.
  package var offloadsOptimizer: Bool

  package init(stage: Int = 0, profile: Profile = .paper, offloadsOptimizer: Bool = false) {
    precondition((0...3).contains(stage), "ZeRO stage \(stage)")
    (self.stage, self.profile, self.offloadsOptimizer) = (stage, profile, offloadsOptimizer)
  }
}

/// How layers are cut into stages, and in which order stages work.
package struct PipelinePlan: Hashable, Sendable {
  /// The order, for as many ranks as the pipeline axis has and as many micro-batches as a step has.
  package var schedule: PipelineSchedule
  /// Layers of each stage, first to last; nil for as equal parts as possible.
  package var layers: [Int]?

  package init(_ schedule: PipelineSchedule, layers: [Int]? = nil) {
    (self.schedule, self.layers) = (schedule, layers)
  }
}

/// In what numbers a run computes.
package struct PrecisionPlan: Hashable, Sendable, Codable {
  /// Storage of parameters and activations; 16-bit types keep fp32 master weights.
  package var type: ScalarType
  /// In which gradients are kept and summed over ranks.
  package var gradient: ScalarType
  package var lossScaling: LossScaling?

  /// Gradients of 16-bit runs are fp32 unless told otherwise, as in Megatron.
  package init(_ type: ScalarType, gradient: ScalarType? = nil, lossScaling: LossScaling? = nil) {
    (self.type, self.gradient, self.lossScaling) = (type, gradient ?? type.accumulation, lossScaling)
  }

  /// Storage of master weights and optimizer state.
  package var master: ScalarType { type.accumulation }
}

/// Keeps fp16 gradients inside the type's range: the loss is multiplied by a scale that shrinks when a gradient overflows and grows
/// after a while without.
///
/// - Source: Micikevicius et al. 2017, arXiv:1710.03740; names and defaults are DeepSpeed's `fp16` section.
package struct LossScaling: Hashable, Sendable, Codable {
  package var initialScale: Double
  /// Steps without overflow after which the scale grows.
  package var window: Int
  /// Overflows until the scale shrinks.
  package var hysteresis: Int
  package var backoff, growth, minimum: Double
  /// Whether the scale stays as it is.
  package var isStatic: Bool

  package init(
    initialScale: Double = 65_536, window: Int = 1000, hysteresis: Int = 2, backoff: Double = 0.5, growth: Double = 2,
    minimum: Double = 1, isStatic: Bool = false
  ) {
    (self.initialScale, self.window, self.hysteresis) = (initialScale, window, hysteresis)
    (self.backoff, self.growth, self.minimum, self.isStatic) = (backoff, growth, minimum, isStatic)
  }
}
