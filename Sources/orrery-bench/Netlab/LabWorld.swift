import Collectives
import Program
import Quantities

/// One world's measurements, each with its prediction.
struct LabWorld: Codable {
  /// One collective at one size.
  struct Judgement: Codable {
    var sample: LabSample
    /// Seconds.
    var predicted: Double

    var error: Double { predicted / sample.seconds.median - 1 }
  }

  /// A training step: messages of rank 0 in bytes, predicted times in seconds.
  struct Step: Codable {
    var measured: LabTraining
    var sentBytes: Int
    var messages: Double
    var predicted: Double { measured.compute.median + messages }

    var error: Double { predicted / measured.step.median - 1 }
  }

  var lab: Lab
  var costs: LabCosts
  var collectives: [Judgement]
  var step: Step?

  /// - Errors: `BenchError` where the world measured no costs, or sent what is not predicted.
  init(_ lab: Lab, _ rows: [LabRow]) throws {
    guard let costs = rows.lazy.compactMap(\.costs).first else { throw BenchError("\(lab.title): no calibration") }
    (self.lab, self.costs) = (lab, costs)
    collectives = rows.compactMap(\.sample).map { sample in
      let phases = { sample.collective.phases(of: $0, lab, count: sample.bytes / 4) }
      return Judgement(sample: sample, predicted: LabWorld.predict(lab, costs, .float32, phases))
    }
    step = try rows.lazy.compactMap(\.training).first.map { try LabWorld.step(lab, costs, $0) }
  }

  /// Seconds; messages are cut as the Host cuts them.
  private static func predict(
    _ lab: Lab, _ costs: LabCosts, _ type: ScalarType, _ phases: (_ rank: Int) -> [LabPhase]
  ) -> Double {
    LabSimulation.duration(lab, costs, type, segment: Transfer.segment, phases).seconds
  }

  /// The Host does not overlap: a step's messages come on top of its computation, one collective after the other.
  private static func step(_ lab: Lab, _ costs: LabCosts, _ measured: LabTraining) throws -> Step {
    var seconds = 0.0
    for transfer in measured.transfers where transfer.group.count > 1 {
      guard let schedule = transfer.schedule else { throw BenchError("\(transfer) has no schedule to predict") }
      guard transfer.group.count == lab.ranks else { throw BenchError("\(transfer) is not among all ranks") }
      let phases = { [LabPhase(schedule: schedule, group: transfer.group, position: $0, offset: 0)] }
      seconds += predict(lab, costs, transfer.type, phases)
    }
    let sent = measured.transfers.reduce(0) { $0 + $1.sentBytes.value }
    return Step(measured: measured, sentBytes: sent, messages: seconds)
  }
}
