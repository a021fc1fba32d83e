import Mesh
import Model
package import Program
package import Quantities
package import Training

/// What of a framework's memory depends on the run: which kernels it uses, and what it drops.
package struct FrameworkRun: Hashable, Sendable {
  /// Whether attention is one kernel that keeps no scores.
  package var hasFusedAttention: Bool
  /// Whether the residual stream, and attention's weights, lose values at random.
  package var dropsResidual, dropsAttention: Bool
  /// Whether a block that is computed again keeps its attention and every second matrix product: `SelectivePolicy`.
  package var keepsEverySecondProduct: Bool

  package init(
    hasFusedAttention: Bool, dropsResidual: Bool, dropsAttention: Bool, keepsEverySecondProduct: Bool = false
  ) {
    (self.hasFusedAttention, self.keepsEverySecondProduct) = (hasFusedAttention, keepsEverySecondProduct)
    (self.dropsResidual, self.dropsAttention) = (dropsResidual, dropsAttention)
  }
}

extension FrameworkFacts {
  /// What the framework holds on one rank beside the program.
  ///
  /// - Parameter resident: what the program holds there between steps.
  package func beside(
    _ plan: TrainingPlan, _ layout: Layout, _ run: FrameworkRun, resident: [MemoryCategory: ByteCount]
  ) -> KeptBeside {
    let kept = KeptActivations(plan, layout, run, self)
    var result = KeptBeside(gradientsStay: gradientsStay)
    let values = layout.ownUnits.reduce(0) { $0 + layout.model.units[$1].count }
    result.always = ByteCount(layout.mesh.size(.data) > 1 ? values * bucketBytes : 0)
    for stage in layout.ownStages {
      let part = layout.stages[stage]
      let ends = (part.isFirst ? kept.embedding : .zero) + (part.isLast ? kept.head : .zero)
      result.inFlight[stage] = kept.layer * part.layers.count + ends
      result.backward[stage] = part.layers.isEmpty ? .zero : kept.recomputedLayer
    }
    if storesMastersOnly, layout.gathersParameters { result.fewerParameters = resident[.parameters] ?? .zero }
    return result
  }
}

/// Bytes that a framework keeps beside the program's activations, for one micro-batch.
///
/// Worked example, Megatron-LM with attention that is not fused, dropout, 16 bits: of each layer two masks, 2·s·b·h, and scores, their
/// masks and what was left of them, 5·a·s²·b. With the program's 32·s·b·h that is the paper's s·b·h·(34 + 5·a·s/h).
/// - Source: Korthikanti et al. 2022, arXiv:2205.05198, §4.1.
package struct KeptActivations: Hashable, Sendable {
  /// Of one layer, from its forward to its backward pass.
  package private(set) var layer = ByteCount.zero
  /// Of the one layer whose backward pass runs, where it was computed again.
  package private(set) var recomputedLayer = ByteCount.zero
  package private(set) var embedding = ByteCount.zero
  package private(set) var head = ByteCount.zero

  package init(_ plan: TrainingPlan, _ layout: Layout, _ run: FrameworkRun, _ facts: FrameworkFacts) {
    let sizes = KeptSizes(plan, layout)
    let masks = facts.keepsMasks && run.dropsResidual ? sizes.heldRows * sizes.hidden : 0
    let scores = run.hasFusedAttention ? 0 : sizes.scores * (run.dropsAttention ? 2 * sizes.value + 1 : sizes.value)
    let gate = facts.keepsGate ? sizes.gates * sizes.value : 0
    embedding = ByteCount(masks)
    head = ByteCount((facts.bytesPerLogit - sizes.value) * sizes.logits)
    switch plan.recomputation {
    case .none: layer = ByteCount(2 * masks + scores + gate)
    case .selective:
      layer = ByteCount(2 * masks + gate + (facts.keepsAttended ? sizes.attended * sizes.value : 0))
      recomputedLayer = ByteCount(scores)
    case .full:
      layer = ByteCount(run.keepsEverySecondProduct ? sizes.secondProducts * sizes.value : 0)
      recomputedLayer = ByteCount(2 * masks + scores + gate)
    }
  }
}

/// The sizes that activations are made of, on one tensor-parallel rank.
private struct KeptSizes {
  /// Bytes of a value.
  let value: Int
  let heldRows, hidden, scores, attended, gates, logits: Int
  /// Queries, values, the attended, the gate and the output, of a gated block: every second product, and the attention between them.
  let secondProducts: Int

  init(_ plan: TrainingPlan, _ layout: Layout) {
    let (a, rows) = (plan.model.architecture, plan.microBatch * plan.sequence)
    let ranks = layout.model.partition.size
    (value, hidden) = (plan.precision.type.size, a.hidden)
    heldRows = layout.model.partition.isSequenceParallel ? rows / ranks : rows
    scores = a.heads / ranks * plan.sequence * rows
    attended = rows * a.heads * a.headSize / ranks
    gates = a.feedForward == .gated ? rows * a.intermediate / ranks : 0
    logits = rows * (a.vocabulary / ranks)
    let cut = (2 * a.heads + a.keyValueHeads) * a.headSize + a.intermediate
    secondProducts = rows * cut / ranks + heldRows * hidden
  }
}
