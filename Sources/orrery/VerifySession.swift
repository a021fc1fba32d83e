import Configuration
import Corpus
import Foundation
import Host
import Mesh
import Model
import Quantities
import Training
import Transport

/// A verification from its first byte to its last: all ranks are threads of this process, and the first computes the one process's
/// steps too.
struct VerifySession {
  private let preparation: Preparation
  private let verification: Verification
  private let sampler: BatchSampler

  /// - Parameter tolerance: nil for the precision's error budget.
  init(_ preparation: Preparation, steps: Int, tolerance: Double?) throws {
    let plan = TrainingPlan(preparation.configuration)
    self.preparation = preparation
    verification = Verification(plan, mesh: preparation.mesh, steps: steps, budget: tolerance)
    sampler = try preparation.dataset.sampler(
      .training, order: .random(seed: plan.seed), sequenceLength: plan.sequence)
  }

  func run() throws -> VerificationReport {
    try StandardOutput.print(announcement)
    let (mesh, timeout) = (preparation.mesh, preparation.configuration.communication.timeout)
    // While the one process computes, all ranks wait for what each of them does a part of.
    let deadline = timeout * Double(mesh.count + 1)
    _ = try ThreadTransport.run(ranks: mesh.count, deadline: deadline, describe: mesh.describe) { transport in
      try run(transport)
    }
    return verification.report
  }

  private func run(_ transport: ThreadTransport) throws {
    let alone = transport.rank == 0 ? try HostDevice(transport: nil) : nil
    let place = Verification.Place(
      rank: transport.rank, device: try HostDevice(transport: transport), alone: alone, barrier: transport.barrier)
    try verification.run(place) { trainer, step in
      trainer.microBatches(step: step, sampler, preparation.dataset.training)
    }
  }

  private var announcement: String {
    let plan = verification.plan
    let sequences = plan.microBatch * plan.accumulation * preparation.mesh.size(.data)
    return "verifying \(preparation.mesh) beside one process: \(grouped(verification.steps)) × \(grouped(sequences)) "
      + "sequences of \(grouped(plan.sequence)) tokens in \(plan.precision.type.rawValue)"
  }
}
