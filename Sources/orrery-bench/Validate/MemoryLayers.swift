import Mesh
import Model
import PipelineSchedules
import Planning
import Program
import Quantities
import Training

/// What one layer costs a rank: the difference between runs of two layers and of one, so that nothing at the model's ends counts.
struct MemoryLayers {
  /// Parameters, gradients and optimizer state of a layer.
  let states: ByteCount
  /// What a layer keeps of one micro-batch for its backward pass, the framework's part included.
  let activations: ByteCount
  private let schedule: PipelineSchedule
  private let layers: Int

  init(_ row: RowPlan) {
    let runs = [1, 2].map { Self.run(row, layers: $0) }
    let kept = row.facts.map { KeptActivations(row.plan, runs[0].layout, row.run, $0).layer } ?? .zero
    let memories = runs.map { $0.memory(beside: KeptBeside(gradientsStay: true)) }
    states = memories[1].states - memories[0].states
    activations = runs[1].activationsBeforeBackward - runs[0].activationsBeforeBackward + kept
    (schedule, layers) = (row.plan.pipeline.schedule, row.plan.model.architecture.layers)
  }

  private static func run(_ row: RowPlan, layers: Int) -> RankProgram {
    var plan = row.plan
    (plan.model, plan.accumulation) = (plan.model.with(layers: layers), 1)
    plan.pipeline = PipelinePlan(.alone(microBatches: 1))
    let mesh = Mesh([.data: row.mesh.size(.data), .tensor: row.mesh.size(.tensor)], shardSize: row.mesh.shardSize)
    return RankProgram(plan, mesh: mesh, rank: 0, isWhole: true)
  }

  /// Of one stage's equal share of the layers.
  var statesOfStage: ByteCount { ByteCount(states.value * layers / schedule.ranks) }

  /// What the first rank's layers keep when the most micro-batches are in flight.
  var activationsOfFirstStage: ByteCount {
    ByteCount(activations.value * layers * mostInFlight / schedule.stageCount)
  }

  /// Stages' worth of micro-batches between their forward and backward passes on the first rank, at most.
  private var mostInFlight: Int {
    var (now, most) = (0, 0)
    for action in schedule.actions(of: 0) {
      if action.kind == .forward { now += 1 }
      most = max(most, now)
      if action.freesActivation { now -= 1 }
    }
    return most
  }
}

extension StepMemory {
  /// Parameters, gradients and optimizer state between steps.
  var states: ByteCount {
    [MemoryCategory.parameters, .gradients, .optimizer].reduce(.zero) { $0 + (resident[$1] ?? .zero) }
  }
}
