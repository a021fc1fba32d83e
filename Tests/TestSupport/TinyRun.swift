import Collectives
import Execution
import Host
import Kernels
import Mesh
package import Model
package import Program
import Quantities
package import Training
import Transport

/// A training run small enough to be repeated in every layout, as values.
package struct TinyRun: Sendable {
  package var model: ModelConfiguration = .gpt2(
    GPT2Configuration(vocabularySize: 31, positions: 12, hidden: 16, layers: 2, heads: 2))
  package var sequence = 8
  package var globalBatch = 8
  package var steps = 3
  package var precision = PrecisionPlan(.float64)
  package var optimizer = OptimizerRule.adamw(weightDecay: 0.1)
  package var rate = 1e-2
  package var clipping = 1.0
  package var allReduce = TransferAlgorithm.schedule(.ring)
  package var seed: UInt64 = 7
  /// Whether some targets count in no loss, unevenly over samples.
  package var ignoresTargets = false
  /// Seconds that a rank waits for another.
  package var deadline = 20.0

  package init() {}

  package func plan(_ layout: TinyLayout = TinyLayout()) -> TrainingPlan {
    precondition(globalBatch % (layout.data * layout.microBatches) == 0, "the batch does not divide")
    return TrainingPlan(
      model: model, sequence: sequence, microBatch: globalBatch / layout.data / layout.microBatches,
      accumulation: layout.microBatches, optimizer: optimizer, schedule: LearningRateSchedule(peak: rate),
      clipping: clipping, precision: precision, seed: seed, allReduce: allReduce, zero: layout.zero,
      pipeline: layout.pipelinePlan, recomputation: layout.recomputation,
      isSequenceParallel: layout.isSequenceParallel)
  }

  /// Token `position` of global sample `sample` of a step: English, learnable, the same in every layout.
  package func token(step: Int, sample: Int, position: Int) -> Int32 {
    TinyText.token((step * globalBatch + sample) * 5 + position, vocabulary: model.vocabularySize)
  }

  private func target(step: Int, sample: Int, position: Int) -> Int32 {
    if ignoresTargets && sample.isMultiple(of: 3) && position >= 2 { return -1 }
    return token(step: step, sample: sample, position: position + 1)
  }

  package func microBatches(step: Int, rank: Int, _ layout: TinyLayout) -> [MicroBatch] {
    let size = globalBatch / layout.data / layout.microBatches
    let place = layout.mesh.coordinate(of: rank, along: .data)
    return (0..<layout.microBatches).map { index in
      let first = (index * layout.data + place) * size
      let samples = first..<first + size
      return MicroBatch(
        inputs: samples.flatMap { sample in (0..<sequence).map { token(step: step, sample: sample, position: $0) } },
        targets: samples.flatMap { sample in
          (0..<sequence).map { target(step: step, sample: sample, position: $0) }
        }, firstSample: first)
    }
  }
}

extension TinyRun {
  /// Trains on ranks that are threads.
  ///
  /// - Parameters:
  ///   - interference: what stands between the run and its device, its transport and its data; nothing, unless a fault is to be
  ///     found.
  ///   - work: what each rank does with its trainer; all steps, unless told otherwise.
  package func train(
    _ layout: TinyLayout = TinyLayout(), interference: Interference = Interference(),
    work: (@Sendable (Trainer) throws -> Void)? = nil
  ) throws -> [RankReport] {
    // Ranks share the cores, and the sums of a product must not depend on how many were free.
    setMatmulThreads(1)
    let run = self
    return try ThreadTransport.run(ranks: layout.ranks, deadline: deadline, describe: layout.mesh.describe) { threads in
      let transport = interference.transport(threads)
      let host = try HostDevice(transport: transport)
      return try run.train(
        device: interference.device(host, transport.rank), host: host, transport: transport, rank: transport.rank,
        layout, batches: interference.batches, work: work)
    }
  }

  /// Runs the same program on shapes alone, as one rank of the layout.
  package func pretend(rank: Int = 0, _ layout: TinyLayout = TinyLayout()) throws -> RankReport {
    try train(device: NullDevice(), transport: nil, rank: rank, layout)
  }

  private func train(
    device: any Device, host: HostDevice? = nil, transport: (any Transport)?, rank: Int, _ layout: TinyLayout,
    batches: ([MicroBatch]) -> [MicroBatch] = { $0 }, work: (@Sendable (Trainer) throws -> Void)? = nil
  ) throws -> RankReport {
    let trainer = Trainer(plan(layout), device: device, mesh: layout.mesh, rank: rank)
    trainer.initialize()
    try work?(trainer)
    let resident = trainer.executor.ledger.live
    var (results, ledgers, before) = ([StepResult](), [Ledger](), 0)
    for step in trainer.stepCount..<trainer.stepCount + steps {
      before = transport?.counters.bytes ?? 0
      results.append(try trainer.step(batches(microBatches(step: step, rank: rank, layout))))
      ledgers.append(trainer.executor.ledger)
    }
    let sent = (transport?.counters.bytes ?? 0) - before
    var report = RankReport(
      results: results, ledger: trainer.executor.ledger, trace: trainer.executor.trace, parameters: [:],
      transportBytes: sent, liveBytes: host?.liveBytes, resident: resident, ledgers: ledgers)
    guard device.computes else { return report }
    for unit in trainer.layout.ownUnits {
      report.updated[unit] = trainer.executor.values(trainer.parameters.updated(unit))
    }
    try trainer.collectParameters { report.parameters[$0.name] = $1 }
    return report
  }
}
