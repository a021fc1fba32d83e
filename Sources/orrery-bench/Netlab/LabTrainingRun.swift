import Corpus
import Execution
import Foundation
import Host
import Kernels
import Model
import PipelineSchedules
import Program
import Quantities
import Training
import Transport

/// A short training run across the lab, as every rank takes part: data parallel, the tiny model of the benchmarks.
struct LabTrainingRun {
  private static let model = BenchModel.tiny

  private let transport: MPITransport
  private let steps: Int
  private let device: MutableDevice
  private let trainer: Trainer

  /// - Parameter steps: measured ones of each kind.
  init(_ transport: MPITransport, steps: Int) throws {
    setMatmulThreads(1)
    (self.transport, self.steps) = (transport, steps)
    device = MutableDevice(try HostDevice(transport: transport))
    let plan = try BenchMode.ddp.plan(
      Self.model, ranks: transport.size, microBatches: nil, schedule: .zeroBubbleH1, precision: .float32)
    trainer = Trainer(plan, device: device, mesh: BenchMode.ddp.mesh(ranks: transport.size), rank: transport.rank)
    trainer.initialize()
  }

  /// Steps with and without their messages, in turn. Ranks meet before every step; a step's time is rank 0's, and its last
  /// collective makes it everybody's.
  func measure() throws -> LabTraining {
    var (whole, alone): ([Double], [Double]) = ([], [])
    for step in -1..<steps {
      let (talking, silent) = (try time(step + 1, muted: false), try time(step + 1, muted: true))
      guard step >= 0 else { continue }
      whole.append(talking)
      alone.append(silent)
    }
    device.isMuted = false
    device.transfers = []
    _ = try time(steps + 1, muted: false)
    return LabTraining(step: Spread(whole), compute: Spread(alone), steps: steps, transfers: device.transfers)
  }

  private func time(_ step: Int, muted: Bool) throws -> Double {
    let source = TokenSource.synthetic(
      SyntheticTokens(vocabularySize: Self.model.configuration.vocabularySize, count: 1 << 40))
    let sampler = BatchSampler(order: .sequential, sequenceLength: Self.model.sequence, count: source.count)
    device.isMuted = muted
    try transport.barrier()
    let start = ProcessInfo.processInfo.systemUptime
    _ = try trainer.step(trainer.microBatches(step: step, sampler, source))
    // All ranks share the machine's cores: the step is over when the last one is done.
    try transport.barrier()
    return ProcessInfo.processInfo.systemUptime - start
  }
}
