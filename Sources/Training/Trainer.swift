import BasicContainers
package import Execution
package import Mesh
import Model
import Program
import Quantities

/// The samples of one micro-batch on one rank.
package struct MicroBatch: Sendable {
  /// Token ids [samples · sequence], and the ids that follow each.
  package var inputs, targets: [Int32]
  /// Index in the global batch of the first sample.
  package var firstSample: Int

  package init(inputs: [Int32], targets: [Int32], firstSample: Int) {
    (self.inputs, self.targets, self.firstSample) = (inputs, targets, firstSample)
  }
}

/// What a step computed; nil on a device that has only shapes.
package struct StepResult: Hashable, Sendable {
  /// Mean over all tokens of the global batch.
  package var loss: Double?
  /// L2 norm of the summed gradient, before clipping.
  package var gradientNorm: Double?
  package var learningRate: Double
}

/// One rank of a data-parallel training run: its parameters, its optimizer's state, and the step.
///
/// The step is one program of static shapes: values steer between steps only. Communicates, along the data axis: the gradients
/// once (all-reduce, in buckets), the norm's partial sums (all-gather), the loss (all-reduce of one value).
package final class Trainer {
  package let plan: TrainingPlan
  package let executor: Executor
  package let parameters: ParameterStore
  /// The optimizer's state tensors, in the order of the rule's state names.
  package let states: [UnitTensors]
  /// Steps done.
  package var stepCount = 0
  let communicator: Communicator
  private let gradients: GradientStore
  private let scale: Tensor
  /// Learning rate, step counted from 1, clip coefficient.
  private let scalars: Tensor
  private let norm: Tensor
  private let loss: Tensor

  package init(_ plan: TrainingPlan, device: any Device, mesh: Mesh, rank: Int) {
    let executor = Executor(device: device)
    let (model, type) = (plan.model, plan.type)
    (self.plan, self.executor) = (plan, executor)
    communicator = Communicator(mesh: mesh, rank: rank, executor: executor, allReduce: plan.allReduce)
    parameters = ParameterStore(model, type, executor)
    states = plan.optimizer.stateNames.map { _ in UnitTensors(model.units, type, .optimizer, executor) }
    gradients = GradientStore(
      model.units, type, executor, communicator, bucket: plan.bucket.value / type.size)
    scale = executor.allocate([1], type, .workspace)
    scalars = executor.allocate([stepScalarCount], .float64, .workspace)
    norm = executor.allocate([1], .float64, .workspace)
    loss = executor.allocate([1], .float64, .workspace)
  }

  /// The same collectives on other books.
  func communicator(on executor: Executor) -> Communicator {
    Communicator(mesh: communicator.mesh, rank: communicator.rank, executor: executor, allReduce: plan.allReduce)
  }

  /// Tokens of the global batch.
  package var tokensPerStep: Int {
    plan.sequence * plan.microBatch * plan.accumulation * communicator.size(.data)
  }

  /// First values from the plan's seed; states begin at zero.
  package func initialize() {
    parameters.initialize(Initializer(seed: plan.seed), executor)
    for state in states {
      for unit in state.units.indices {
        let view = state.view(of: unit)
        executor.launch(.fill(count: view.count, value: 0, plan.type), writing: [view])
      }
    }
  }
}

extension Trainer {
  /// One optimizer step on the global batch of which `microBatches` is this rank's part.
  package func step(_ microBatches: [MicroBatch]) throws -> StepResult {
    precondition(
      microBatches.count == plan.accumulation, "\(microBatches.count) micro-batches, not \(plan.accumulation)")
    let rate = plan.schedule.rate(at: stepCount)
    executor.beginStep()
    executor.write([rate, Double(stepCount + 1), 1], to: scalars.view)
    executor.write([1 / Double(tokensPerStep)], to: scale.view)
    try accumulate(microBatches)
    gradients.waitForSums()
    executor.phase("optimizer")
    try measureNorm()
    update()
    gradients.release()
    stepCount += 1
    let sum = executor.values(loss.view)?[0]
    return StepResult(
      loss: sum.map { $0 / Double(tokensPerStep) }, gradientNorm: executor.values(norm.view)?[0], learningRate: rate)
  }

  /// Forward and backward of every micro-batch; gradients and loss are sums over the global batch afterwards.
  private func accumulate(_ microBatches: [MicroBatch]) throws {
    let losses = executor.allocate([microBatches.count], .float64, .workspace)
    for (index, batch) in microBatches.enumerated() {
      gradients.beginMicroBatch(isLast: index == microBatches.count - 1)
      try run(batch, loss: losses.view[index..<index + 1])
    }
    executor.launch(.sum(count: losses.count, .float64), reading: [losses.view], writing: [loss.view])
    try communicator.allReduce(loss.view, along: .data, on: .compute)
  }

  private func run(_ batch: MicroBatch, loss: TensorView) throws {
    let rows = plan.microBatch * plan.sequence
    let ids = executor.allocate([rows], .int32, .inputs)
    let targets = executor.allocate([rows], .int32, .inputs)
    let key = executor.allocate([randomKeyCount], .int32, .inputs)
    executor.write(batch.inputs, to: ids.view)
    executor.write(batch.targets, to: targets.view)
    executor.write(randomKey(batch), to: key.view)
    let pass = Pass(
      executor: executor, type: plan.type, batch: plan.microBatch, sequence: plan.sequence, randomKey: key.view)
    executor.phase("forward")
    let saved = plan.model.forward(ids: ids.view, targets: targets.view, loss: loss, parameters, pass)
    executor.phase("backward")
    try plan.model.backward(
      saved, ids: ids.view, targets: targets.view, scale: scale.view, parameters, gradients, pass)
  }

  private func randomKey(_ batch: MicroBatch) -> [Int32] {
    [
      Int32(truncatingIfNeeded: plan.seed), Int32(truncatingIfNeeded: plan.seed >> 32),
      Int32(truncatingIfNeeded: stepCount), Int32(batch.firstSample),
    ]
  }

  /// Σ g² as fp64 partial sums over each rank's shard of every unit, gathered and added in a fixed order.
  private func measureNorm() throws {
    let (count, ranks) = (plan.model.units.count, communicator.size(.data))
    let partials = executor.allocate([ranks, count], .float64, .workspace)
    for unit in 0..<count {
      let view = gradients.view(of: unit)
      let shard = view[communicator.shard(of: view.count, along: .data)]
      let slot = communicator.coordinate(.data) * count + unit
      executor.launch(
        .squaredNorm(count: shard.count, plan.type), reading: [shard], writing: [partials.view[slot..<slot + 1]])
    }
    try communicator.allGather(partials.view, along: .data, on: .compute)
    executor.launch(
      .clipCoefficient(partials: partials.count, maximum: plan.clipping), reading: [partials.view],
      writing: [norm.view, scalars.view[2..<3]])
  }

  private func update() {
    for unit in plan.model.units.indices {
      let decayed = plan.model.units[unit].decayedCount
      update(unit, 0..<decayed, plan.optimizer)
      update(unit, decayed..<plan.model.units[unit].count, plan.optimizer.withoutDecay)
    }
  }

  private func update(_ unit: Int, _ range: Range<Int>, _ rule: OptimizerRule) {
    guard !range.isEmpty else { return }
    let values = [parameters.tensors.view(of: unit)] + states.map { $0.view(of: unit) }
    executor.launch(
      .optimizerStep(rule, count: range.count, plan.type),
      reading: [gradients.view(of: unit)[range], scalars.view], writing: values.map { $0[range] })
  }
}
