import Execution
import Mesh
import Model
import PipelineSchedules
import Planning
import Program
import Quantities
import Training

/// One rank's step of a small model in any layout, on shapes.
struct TracedRank: Sendable, CustomStringConvertible {
  var data = 1
  var tensor = 1
  var pipeline = 1
  var microBatches = 4
  var microBatch = 4
  var zero = ZeROPlan()
  var recomputation = Recomputation.none
  var schedule = ScheduleName.oneForwardOneBackward
  var isSequenceParallel = false
  var rank = 0

  var description: String {
    "dp \(data) tp \(tensor) pp \(pipeline) \(schedule.rawValue) zero \(zero.stage) \(recomputation) rank \(rank)"
  }

  var plan: TrainingPlan {
    let model = GPT2Configuration(vocabularySize: 512, positions: 64, hidden: 64, layers: 8, heads: 4)
    let order = try! PipelineSchedule.make(schedule, ranks: pipeline, microBatches: microBatches)
    return TrainingPlan(
      model: .gpt2(model), sequence: 64, microBatch: microBatch, accumulation: microBatches, optimizer: .adamw(),
      schedule: LearningRateSchedule(peak: 1e-4), precision: PrecisionPlan(.bfloat16), zero: zero,
      pipeline: PipelinePlan(order), recomputation: recomputation, isSequenceParallel: isSequenceParallel)
  }

  struct Step {
    var layout: Layout
    var ledger: Ledger
    var trace: Trace
  }

  func step() throws -> Step {
    let mesh = Mesh([.pipeline: pipeline, .data: data, .tensor: tensor])
    let trainer = Trainer(plan, device: NullDevice(), mesh: mesh, rank: rank)
    let ids = Array(repeating: Int32(0), count: microBatch * 64)
    let batch = MicroBatch(inputs: ids, targets: ids, firstSample: 0)
    _ = try trainer.step(Array(repeating: batch, count: microBatches))
    return withExtendedLifetime(trainer) {
      Step(layout: trainer.layout, ledger: trainer.executor.ledger, trace: trainer.executor.trace)
    }
  }

  func memory(_ beside: KeptBeside = .nothing) throws -> StepMemory {
    let step = try step()
    return StepMemory(step.trace, resident: step.ledger.live, beside: beside)
  }

  /// Layouts of every kind, and ranks of every stage.
  static let all: [TracedRank] = {
    var result = (0...3).map { TracedRank(data: 4, zero: ZeROPlan(stage: $0)) }
    result += [.selective, .full(every: 1)].map { TracedRank(tensor: 2, recomputation: $0, isSequenceParallel: true) }
    result.append(TracedRank(data: 2, zero: ZeROPlan(stage: 1, offloadsOptimizer: true)))
    for name in [ScheduleName.gPipe, .oneForwardOneBackward, .interleaved, .zeroBubbleH1, .zeroBubbleV] {
      result += (0..<4).map { TracedRank(pipeline: 4, microBatches: 8, schedule: name, rank: $0) }
    }
    return result
  }()
}
