import Execution
import Mesh
import Planning
import Program
import Quantities
import Training

/// One step of one rank on shapes, as far as memory is concerned.
struct MemoryRankStep {
  let layout: Layout
  let trace: Trace
  /// Held before the step, and again after it.
  let resident: [MemoryCategory: ByteCount]

  /// Every micro-batch is traced.
  init(of plan: TrainingPlan, mesh: Mesh, rank: Int) {
    let trainer = Trainer(plan, device: NullDevice(), mesh: mesh, rank: rank)
    let ids = Array(repeating: Int32(0), count: plan.microBatch * plan.sequence)
    let batch = MicroBatch(inputs: ids, targets: ids, firstSample: 0)
    // Shapes cannot fail, and nobody answers: messages are only written down.
    _ = try! trainer.step(Array(repeating: batch, count: plan.accumulation))
    // What the trainer owns leaves the books when it goes, which may be as soon as nothing asks for it any more.
    (layout, trace, resident) = withExtendedLifetime(trainer) {
      (trainer.layout, trainer.executor.trace, trainer.executor.ledger.live)
    }
  }

  /// With what the row's framework holds beside the program.
  func memory(_ row: RowPlan) -> StepMemory {
    let beside = row.facts?.beside(row.plan, layout, row.run, resident: resident) ?? .nothing
    return StepMemory(trace, resident: resident, beside: beside)
  }

  /// Activations that are live when the first backward pass begins.
  var activationsBeforeBackward: ByteCount {
    var live = resident[.activations] ?? .zero
    for node in trace.nodes {
      switch node {
      case .allocate(let bytes, .activations): live += bytes
      case .free(let bytes, .activations): live -= bytes
      case .passage(let passage): if passage?.kind == .backward { return live }
      default: continue
      }
    }
    return live
  }
}
