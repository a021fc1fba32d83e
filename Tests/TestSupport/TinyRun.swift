import Collectives
package import Execution
import Host
import Kernels
import Mesh
package import Model
package import Program
package import Quantities
package import Training
import Transport

/// A training run small enough to be repeated in every layout, as values.
package struct TinyRun: Sendable {
  package var configuration = GPT2Configuration(vocabularySize: 31, positions: 12, hidden: 16, layers: 2, heads: 2)
  package var sequence = 8
  package var globalBatch = 8
  package var steps = 3
  package var type = ScalarType.float64
  package var optimizer = OptimizerRule.adamw(weightDecay: 0.1)
  package var rate = 1e-2
  package var clipping = 1.0
  package var allReduce = TransferAlgorithm.schedule(.ring)
  package var bucket = ByteCount(1000)
  package var seed: UInt64 = 7

  package init() {}

  package func plan(dataParallel: Int, accumulation: Int) -> TrainingPlan {
    precondition(globalBatch % (dataParallel * accumulation) == 0, "the batch does not divide")
    return TrainingPlan(
      model: GPT2(configuration), sequence: sequence, microBatch: globalBatch / dataParallel / accumulation,
      accumulation: accumulation, optimizer: optimizer, schedule: LearningRateSchedule(peak: rate), clipping: clipping,
      type: type, seed: seed, allReduce: allReduce, bucket: bucket)
  }

  /// Token `position` of global sample `sample` of a step: arbitrary, learnable, the same in every layout.
  package func token(step: Int, sample: Int, position: Int) -> Int32 {
    let start = (step * globalBatch + sample) * 5
    return Int32(((start + position) * (start + position) + 3 * position) % configuration.vocabularySize)
  }

  package func microBatches(step: Int, rank: Int, dataParallel: Int, accumulation: Int) -> [MicroBatch] {
    let size = globalBatch / dataParallel / accumulation
    return (0..<accumulation).map { index in
      let first = (index * dataParallel + rank) * size
      let samples = first..<first + size
      return MicroBatch(
        inputs: samples.flatMap { sample in (0..<sequence).map { token(step: step, sample: sample, position: $0) } },
        targets: samples.flatMap { sample in
          (0..<sequence).map { token(step: step, sample: sample, position: $0 + 1) }
        }, firstSample: first)
    }
  }
}

/// What one rank has to show after its steps.
package struct RankReport: Sendable {
  package var results: [StepResult]
  package var ledger: Ledger
  package var trace: Trace
  /// Every parameter by name; empty where there are only shapes.
  package var parameters: [String: [Double]]
  /// Bytes that the transport was handed in the last step.
  package var transportBytes: Int
  /// Bytes that the device still holds after the last step, as its allocator counts.
  package var liveBytes: ByteCount?
  /// Memory on the books after initialisation: what every step must return to.
  package var resident: [MemoryCategory: ByteCount] = [:]
  /// The ledger after each step.
  package var ledgers: [Ledger] = []
}

extension RankReport {
  /// The loss of every step.
  package var losses: [Double] { results.map { $0.loss! } }

  /// The largest relative difference of two runs' losses over all steps.
  package func lossDifference(from other: RankReport) -> Double {
    zip(losses, other.losses).map { abs($0 - $1) / abs($1) }.max()!
  }
}

extension TinyRun {
  /// Trains on `dataParallel` ranks that are threads.
  ///
  /// - Parameter interference: what stands between the run and its device, its transport and its data; nothing, unless a fault
  ///   is to be found.
  package func train(
    dataParallel: Int = 1, accumulation: Int = 1, interference: Interference = Interference()
  ) throws -> [RankReport] {
    // Ranks share the cores, and the sums of a product must not depend on how many were free.
    setMatmulThreads(1)
    let run = self
    return try ThreadTransport.run(ranks: dataParallel, deadline: 20) { threads in
      let transport = interference.transport(threads)
      let host = try HostDevice(transport: transport)
      return try run.train(
        device: interference.device(host, transport.rank), host: host, transport: transport, rank: transport.rank,
        dataParallel: dataParallel, accumulation: accumulation, batches: interference.batches)
    }
  }

  /// Runs the same program on shapes alone, as one rank of the layout.
  package func pretend(rank: Int = 0, dataParallel: Int = 1, accumulation: Int = 1) throws -> RankReport {
    try train(
      device: NullDevice(), transport: nil, rank: rank, dataParallel: dataParallel, accumulation: accumulation)
  }

  private func train(
    device: any Device, host: HostDevice? = nil, transport: (any Transport)?, rank: Int, dataParallel: Int,
    accumulation: Int, batches: ([MicroBatch]) -> [MicroBatch] = { $0 }
  ) throws -> RankReport {
    let trainer = Trainer(
      plan(dataParallel: dataParallel, accumulation: accumulation), device: device, mesh: Mesh([.data: dataParallel]),
      rank: rank)
    trainer.initialize()
    let resident = trainer.executor.ledger.live
    var (results, ledgers, before) = ([StepResult](), [Ledger](), 0)
    for step in 0..<steps {
      before = transport?.counters.bytes ?? 0
      let own = microBatches(step: step, rank: rank, dataParallel: dataParallel, accumulation: accumulation)
      results.append(try trainer.step(batches(own)))
      ledgers.append(trainer.executor.ledger)
    }
    // Read while the trainer lives: its tensors are what must still be there.
    return withExtendedLifetime(trainer) {
      RankReport(
        results: results, ledger: trainer.executor.ledger, trace: trainer.executor.trace,
        parameters: values(of: trainer), transportBytes: (transport?.counters.bytes ?? 0) - before,
        liveBytes: host?.liveBytes, resident: resident, ledgers: ledgers)
    }
  }

  private func values(of trainer: Trainer) -> [String: [Double]] {
    var result: [String: [Double]] = [:]
    for (parameter, view) in trainer.parameters.tensors.named {
      result[parameter.name] = trainer.executor.values(view)
    }
    return result
  }
}
