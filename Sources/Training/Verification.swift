package import Execution
package import Mesh
import Model
import Program
import Quantities
import Synchronization

/// A proof that a layout computes what one process computes: both run in lock-step on the same samples, and every rank holds what it
/// has against what the one process had.
///
/// The first rank's thread computes a step in one process and publishes it; then all ranks compute the step in their layout and compare
/// as they go. Only one step of the one process is kept. Communicates nothing beside the layout itself.
package final class Verification: Sendable {
  package let plan: TrainingPlan
  package let mesh: Mesh
  package let steps: Int
  /// The largest error that is rounding: see `VerificationBudget`.
  package let budget: Double
  private let state: Mutex<State>

  private struct State {
    var reference: ReferenceStep?
    var coverage = Coverage()
    var arrived = 0
    var report: VerificationReport
  }

  /// - Parameters:
  ///   - steps: optimizer steps that are compared.
  ///   - budget: nil for the precision's own.
  package init(_ plan: TrainingPlan, mesh: Mesh, steps: Int, budget: Double? = nil) {
    (self.plan, self.mesh, self.steps) = (plan, mesh, steps)
    self.budget = budget ?? plan.precision.errorBudget
    state = Mutex(State(report: VerificationReport(mesh: mesh, budget: self.budget)))
  }

  /// What was found; complete when every rank has run.
  package var report: VerificationReport { state.withLock { $0.report } }

  /// Where one rank computes, and how it meets the others.
  package struct Place {
    package var rank: Int
    package var device: any Device
    /// On the first rank, a device of its own for the one process; nil on the others.
    package var alone: (any Device)?
    package var barrier: () throws -> Void

    package init(rank: Int, device: any Device, alone: (any Device)?, barrier: @escaping () throws -> Void) {
      (self.rank, self.device, self.alone, self.barrier) = (rank, device, alone, barrier)
    }
  }

  /// One rank's part. Ends after the first step that leaves the budget.
  ///
  /// - Parameter batches: a trainer's micro-batches of a step, counted from 0.
  package func run(_ place: Place, batches: (_ trainer: Trainer, _ step: Int) -> [MicroBatch]) throws {
    let trainer = Trainer(plan, device: place.device, mesh: mesh, rank: place.rank)
    trainer.initialize()
    let source = place.alone.map { ReferenceRun(plan.alone(data: mesh.size(.data)), on: $0, budget: budget) }
    for step in 0...steps {
      if let source { publish(try source.step(step) { batches($0, step - 1) }) }
      try place.barrier()
      let comparison = RankComparison(reference, trainer, budget: budget)
      if step > 0 { try comparison.step(batches(trainer, step - 1)) }
      comparison.compareParameters()
      settle(comparison.findings)
      try place.barrier()
      if !report.isSound { return }
    }
  }

  private var reference: ReferenceStep { state.withLock { $0.reference! } }

  private func publish(_ step: ReferenceStep) {
    state.withLock { ($0.reference, $0.coverage, $0.arrived) = (step, Coverage(), 0) }
  }

  /// Takes what one rank found; the last one to come closes the step.
  private func settle(_ findings: Findings) {
    state.withLock { state in
      for deviation in findings.deviations { state.report.add(deviation) }
      state.coverage.add(findings.coverage)
      state.arrived += 1
      guard state.arrived == mesh.count, let reference = state.reference else { return }
      for deviation in state.coverage.gaps(in: reference) { state.report.add(deviation) }
      state.report.close(reference)
    }
  }
}

extension TrainingPlan {
  /// The same run in one process: `data` ranks' micro-batches one after the other, nothing cut, nothing computed again.
  package func alone(data: Int) -> TrainingPlan {
    var plan = self
    plan.accumulation *= data
    plan.zero = ZeROPlan()
    plan.pipeline = PipelinePlan(.alone(microBatches: plan.accumulation))
    (plan.recomputation, plan.isSequenceParallel) = (.none, false)
    return plan
  }
}

extension PrecisionPlan {
  /// The largest relative error that rounding makes over a few steps of any layout, with room to spare; `docs/verify.md` has the
  /// measurements.
  package var errorBudget: Double { max(type.errorBudget, gradient.errorBudget) }
}

extension ScalarType {
  fileprivate var errorBudget: Double {
    switch self {
    case .float64, .int32: 1e-9
    case .float32: 1e-3
    case .float16: 1e-1
    case .bfloat16: 2e-1
    }
  }
}
