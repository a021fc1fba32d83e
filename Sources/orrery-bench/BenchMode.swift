import ArgumentParser
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import Training

/// The ways to share a step that are compared with PyTorch, under the names of `bench/torch_ddp.py`. Every mode trains on the same
/// sequences a step; micro-batches and pipeline schedule are each program's own choice.
enum BenchMode: String, CaseIterable, ExpressibleByArgument {
  case ddp, zero1, zero2, zero3, tp, pp

  func mesh(ranks: Int) -> Mesh {
    switch self {
    case .ddp, .zero1, .zero2, .zero3: Mesh([.data: ranks])
    case .tp: Mesh([.tensor: ranks])
    case .pp: Mesh([.pipeline: ranks])
    }
  }

  private var zero: ZeROPlan {
    switch self {
    case .ddp, .tp, .pp: ZeROPlan()
    case .zero1: ZeROPlan(stage: 1)
    case .zero2: ZeROPlan(stage: 2)
    case .zero3: ZeROPlan(stage: 3)
    }
  }

  /// Micro-batches of a step: pipelines have more, so that their bubble is small.
  func microBatches(_ sequences: Int, ranks: Int) -> Int { self == .pp ? min(sequences, 4 * ranks) : 1 }

  /// - Parameter microBatches: nil for the mode's own choice.
  func plan(
    _ model: BenchModel, ranks: Int, microBatches: Int?, schedule: ScheduleName, precision: ScalarType
  ) throws -> TrainingPlan {
    let sequences = model.batch * ranks / mesh(ranks: ranks).size(.data)
    let count = microBatches ?? self.microBatches(sequences, ranks: ranks)
    guard sequences.isMultiple(of: count) else {
      throw ValidationError("--micro-batches \(count) does not divide \(sequences) sequences.")
    }
    let pipeline =
      self == .pp ? PipelinePlan(try PipelineSchedule.make(schedule, ranks: ranks, microBatches: count)) : nil
    return TrainingPlan(
      model: .gpt2(model.configuration), sequence: model.sequence, microBatch: sequences / count, accumulation: count,
      optimizer: .adamw(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1),
      schedule: LearningRateSchedule(peak: 3e-4), precision: PrecisionPlan(precision), zero: zero, pipeline: pipeline)
  }
}

extension ScalarType: ExpressibleByArgument {}
extension ScheduleName: ExpressibleByArgument {}
