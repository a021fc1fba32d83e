package import Execution
package import Mesh
package import Model
import PipelineSchedules
import Program
import Quantities

/// What a step computed; nil on a device that has only shapes.
package struct StepResult: Hashable, Sendable {
  /// Mean over all tokens of the global batch.
  package var loss: Double?
  /// L2 norm of the summed gradient, before clipping and without the loss scale.
  package var gradientNorm: Double?
  package var learningRate: Double
  /// Of fp16 runs: what the loss was multiplied by.
  package var lossScale: Double?
  /// Whether a gradient left fp16's range, so that nothing was updated.
  package var overflowed = false
}

/// One rank of a training run in any layout: its parameters, its optimizer's state, and the step.
///
/// The step is one program of static shapes: values steer between steps only. Communicates: what its layers do along the tensor axis;
/// activations and their gradients between stages; gradients and parameters over data-parallel ranks as the ZeRO stage says; the
/// number of tokens along the data axis; norm and loss over the world.
package final class Trainer {
  package let plan: TrainingPlan
  package let layout: Layout
  package let executor: Executor
  package let parameters: ParameterStore
  package let optimizer: OptimizerStore
  /// Steps done, and how many of them updated nothing because a gradient overflowed.
  package internal(set) var stepCount = 0
  package internal(set) var skippedSteps = 0
  package internal(set) var scaler: LossScaler?
  /// Sees what flows between layers, told first which micro-batch it is.
  package var probe: ((_ microBatch: MicroBatch) -> any Probe)?
  /// Sees the summed gradients of the part of each unit that this rank updates, and the loss scale that multiplies them.
  package var gradientProbe: ((_ unit: Int, _ gradient: TensorView, _ lossScale: Double) -> Void)?
  let communicator: Communicator
  private let gradients: GradientStore
  let runner: PipelineRunner
  private let totals: StepTotals
  /// What every row's gradient is multiplied by.
  private let scale: Tensor
  /// Learning rate, step counted from 1, clip coefficient, loss scale.
  private let scalars: Tensor
  /// Tokens of the global batch that have a loss.
  private let tokens: Tensor

  package convenience init(_ plan: TrainingPlan, device: any Device, mesh: Mesh, rank: Int) {
    self.init(plan, device: device, Layout(plan, mesh: mesh, rank: rank), rehearsal: nil)
  }

  /// - Parameter rehearsal: an order of fewer micro-batches that stages follow in place of the plan's; its gradients are no sums over a
  ///   batch, so it is for shapes alone.
  init(_ plan: TrainingPlan, device: any Device, _ layout: Layout, rehearsal: PipelineSchedule?) {
    let executor = Executor(device: device)
    let communicator = Communicator(
      mesh: layout.mesh, rank: layout.rank, executor: executor, allReduce: plan.allReduce)
    (self.plan, self.layout, self.executor, self.communicator) = (plan, layout, executor, communicator)
    parameters = ParameterStore(layout, plan.precision.type, executor, communicator)
    optimizer = OptimizerStore(layout, plan.optimizer, plan.precision, executor)
    let followed = rehearsal.map(layout.following) ?? layout
    gradients = GradientStore(
      followed, plan.precision.gradient, executor, communicator, microBatches: followed.schedule.microBatches)
    runner = PipelineRunner(followed, executor, communicator)
    totals = StepTotals(layout, executor, communicator)
    scaler = plan.precision.lossScaling.map { LossScaler($0) }
    scale = executor.allocate([1], plan.precision.type.accumulation, .workspace)
    scalars = executor.allocate([stepScalarCount], .float64, .workspace)
    tokens = executor.allocate([1], .float64, .workspace)
  }

  /// Sequences of one step.
  package var globalBatch: Int { plan.microBatch * plan.accumulation * layout.mesh.size(.data) }
  /// Tokens of the global batch.
  package var tokensPerStep: Int { plan.sequence * globalBatch }

  /// First values from the plan's seed; states begin at zero.
  package func initialize() {
    write { Initializer(seed: self.plan.seed).values($0, $1) }
    optimizer.begin()
  }

  func pass(_ batch: MicroBatch, key: TensorView?, on executor: Executor? = nil, _ communicator: Communicator? = nil)
    -> Pass
  {
    Pass(
      executor: executor ?? self.executor, type: plan.precision.type, gradient: plan.precision.gradient,
      batch: plan.microBatch, sequence: plan.sequence, randomKey: key, partition: layout.model.partition,
      communicator: communicator ?? self.communicator, recomputation: plan.recomputation, probe: probe?(batch))
  }
}

extension Trainer {
  /// One optimizer step on the global batch of which `microBatches` is this rank's part.
  package func step(_ microBatches: [MicroBatch]) throws -> StepResult {
    precondition(
      microBatches.count == plan.accumulation, "\(microBatches.count) micro-batches, not \(plan.accumulation)")
    let updates = stepCount - skippedSteps
    let (rate, lossScale) = (plan.schedule.rate(at: updates), scaler?.scale ?? 1)
    executor.beginStep()
    executor.write([rate, Double(updates + 1), 1, lossScale], to: scalars.view)
    let count = try countTokens(microBatches)
    executor.write([lossScale / (count ?? 1)], to: scale.view)
    try accumulate(microBatches)
    gradients.waitForSums()
    executor.phase("optimizer")
    try SharedGradients(layout: layout, executor: executor, communicator: communicator).sum(gradients)
    try totals.gatherNorm(
      gradients, clipping: plan.clipping, scale: scalars.view[3..<4], coefficient: scalars.view[2..<3])
    for unit in layout.ownUnits { gradientProbe?(unit, gradients.updated(unit), lossScale) }
    try update()
    gradients.release()
    return finish(rate, count, lossScale)
  }

  /// Every rank of a data-parallel group has the same share of the samples, but not of the tokens that count.
  private func countTokens(_ microBatches: [MicroBatch]) throws -> Double? {
    executor.write([Double(microBatches.reduce(0) { $0 + $1.tokens })], to: tokens.view)
    try communicator.allReduceByPairs(tokens.view, along: .data, on: .compute)
    return executor.values(tokens.view)?[0]
  }

  /// Forward and backward of every micro-batch; gradients and loss are sums over the global batch afterwards.
  private func accumulate(_ microBatches: [MicroBatch]) throws {
    let context = PipelineRunner.Context(
      tensors: StepTensors(microBatches, layout, keys: microBatches.map(randomKey), executor), scale: scale.view,
      makePass: { self.pass(microBatches[$0], key: $1) }, parameters: parameters, gradients: gradients)
    try runner.run(context)
    try totals.gatherLosses(context.tensors.losses.view)
  }

  private func randomKey(_ batch: MicroBatch) -> [Int32] {
    [
      Int32(truncatingIfNeeded: plan.seed), Int32(truncatingIfNeeded: plan.seed >> 32),
      Int32(truncatingIfNeeded: stepCount), Int32(batch.firstSample),
    ]
  }

  private func update() throws {
    for unit in layout.ownUnits {
      optimizer.update(
        unit, gradient: gradients.updated(unit), parameter: parameters.updated(unit), scalars: scalars.view)
      try parameters.gatherUpdated(unit)
    }
    parameters.waitForGathers()
  }

  private func finish(_ rate: Double, _ count: Double?, _ lossScale: Double) -> StepResult {
    stepCount += 1
    let (loss, norm) = (executor.values(totals.loss.view)?[0], executor.values(totals.norm.view)?[0])
    var result = StepResult(
      loss: loss.map { $0 / (count ?? 1) }, gradientNorm: norm, learningRate: rate, lossScale: scaler?.scale)
    guard scaler != nil, let norm else { return result }
    result.overflowed = !norm.isFinite
    scaler!.update(overflowed: result.overflowed)
    if result.overflowed { skippedSteps += 1 }
    return result
  }
}
