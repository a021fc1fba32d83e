import Execution
import Planning
import Program
import Quantities
import Training

/// A rank's program, every micro-batch of it, as far as memory is concerned.
extension RankProgram {
  /// Held before the step, and again after it.
  var resident: [MemoryCategory: ByteCount] { ledger.live }

  /// With what a framework holds beside the program.
  func memory(beside: KeptBeside) -> StepMemory {
    StepMemory(trace.unfolded, resident: resident, beside: beside)
  }

  /// With what the row's framework holds beside the program.
  func memory(_ row: RowPlan) -> StepMemory {
    memory(beside: row.facts?.beside(row.plan, layout, row.run, resident: resident) ?? .nothing)
  }

  /// Activations that are live when the first backward pass begins.
  var activationsBeforeBackward: ByteCount {
    var live = resident[.activations] ?? .zero
    for node in trace.unfolded.nodes {
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
