import Execution
import Foundation
import Mesh
import Program
import Quantities
import Timing
import Training

/// Brings the clock readings of a step from all ranks to the first. What they are of need not travel: every rank's step was found to
/// be its program's, which any rank can find on shapes alone.
///
/// - Communicates: 8 bytes a reading and 8 more from each other rank, over the world.
/// - Memory: on the first rank one peer's readings at a time beside all that arrived.
struct StepCollector {
  let plan: TrainingPlan
  let mesh: Mesh
  let rank: Int
  let executor: Executor

  /// - Returns: every rank's step on the first rank, in their order; nil on the others.
  func collect(_ recorder: RecordingDevice, _ own: ProgramCheck) throws -> [MeasuredStep]? {
    guard rank == 0 else {
      try send([recorder.began] + recorder.readings)
      return nil
    }
    let first = measured(0, own, began: recorder.began, recorder.readings)
    return try [first] + (1..<mesh.count).map(receive)
  }

  private var communicator: Communicator { Communicator(mesh: mesh, rank: rank, executor: executor) }

  private func send(_ numbers: [Int]) throws {
    let buffer = executor.allocate([numbers.count * 2], .int32, .communication)
    executor.write(numbers.words, to: buffer.view)
    let message = try communicator.send(buffer.view, to: 0, tag: 0, in: .world, on: .compute)
    try communicator.complete(message, on: .compute)
  }

  private func receive(from peer: Int) throws -> MeasuredStep {
    let check = ProgramCheck(plan, mesh: mesh, rank: peer)
    let buffer = executor.allocate([(check.expected.readings + 1) * 2], .int32, .communication)
    let message = try communicator.receive(buffer.view, from: peer, tag: 0, in: .world, on: .compute)
    try communicator.complete(message, on: .compute)
    let numbers = [Int](words: executor.read(buffer.view)!)
    return measured(peer, check, began: numbers[0], Array(numbers[1...]))
  }

  private func measured(_ rank: Int, _ check: ProgramCheck, began: Int, _ readings: [Int]) -> MeasuredStep {
    MeasuredStep(
      label: mesh.describe(rank), trace: check.expected, standing: check.program.standing.live, began: began,
      readings: readings)
  }
}

extension [Int] {
  /// Two 32-bit words each, the lower first.
  fileprivate var words: [Int32] {
    flatMap { [Int32(truncatingIfNeeded: $0), Int32(truncatingIfNeeded: $0 >> 32)] }
  }

  fileprivate init(words: Data) {
    let halves = Values.doubles(words, as: .int32).map { Int($0) }
    self = stride(from: 0, to: halves.count, by: 2).map { halves[$0 + 1] << 32 | halves[$0] & 0xffff_ffff }
  }
}
