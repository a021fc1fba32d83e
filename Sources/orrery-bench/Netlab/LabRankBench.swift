import Collectives
import Foundation
import Kernels
import Program
import Quantities
import Transport

/// One rank's side of the measurements: which memory, over which transport.
struct LabRankBench {
  let lab: Lab
  let transport: MPITransport
  let buffer, scratch: Region
  /// The memory lives as long as this.
  private let arena: Arena

  init(lab: Lab, transport: MPITransport, arena: Arena, largest: Int) {
    (self.lab, self.transport, self.arena) = (lab, transport, arena)
    buffer = arena.allocate(largest)
    scratch = arena.allocate(8 * Transfer.segment)
    fill(.float32, scratch, count: scratch.byteCount / 4, value: 0)
  }

  /// Every repetition runs every collective once, in turn, so that drifts of the machine meet them alike.
  ///
  /// - Parameter seconds: for each collective; three repetitions at least.
  func measure(bytes: Int, seconds: Double) throws -> [LabSample] {
    let contestants = LabCollective.allCases.filter { $0.isOwn(lab) }
    var times: [LabCollective: [Double]] = [:]
    for collective in contestants { try check(collective, count: bytes / 4) }
    fill(.float32, buffer, count: bytes / 4, value: 0)
    let began = now()
    for repetition in 1...25 {
      for collective in contestants {
        let start = try start()
        try run(collective, count: bytes / 4)
        times[collective, default: []].append(try largest(now()) - start)
      }
      let enough = repetition >= 3 && now() - began > seconds * Double(contestants.count)
      if try largest(transport.rank == 0 && enough ? 1 : 0) > 0 { break }
    }
    return contestants.map {
      LabSample(collective: $0, bytes: bytes, repetitions: times[$0]!.count, seconds: Spread(times[$0]!))
    }
  }

  private func run(_ collective: LabCollective, count: Int) throws {
    let interpreter = CollectiveInterpreter(transport: transport, segment: Transfer.segment)
    for phase in collective.phases(of: transport.rank, lab, count: count) {
      let part = buffer.slice(byteOffset: 4 * phase.offset, byteCount: 4 * phase.schedule.count)
      try interpreter.run(
        phase.schedule, position: phase.position, group: phase.group, buffer: part, scratch: scratch, type: .float32)
    }
  }

  /// Runs once, unmeasured: connections are made, windows open, and ones must add up to the number of ranks.
  private func check(_ collective: LabCollective, count: Int) throws {
    fill(.float32, buffer, count: count, value: 1)
    try run(collective, count: count)
    for index in [0, count / 3, count / 2, count - 1] {
      let sum = value(of: buffer, at: index, double: false)
      guard sum == Double(transport.size) else {
        throw BenchError("\(collective.rawValue) of \(count) ones over \(transport.size) ranks gave \(sum) at \(index)")
      }
    }
  }

  /// Lets the token buckets fill again, and starts all ranks at one time of the clock that they share: a barrier's last message would
  /// wait behind the data of those who are through already.
  ///
  /// - Returns: the time, in seconds.
  private func start() throws -> Double {
    let pause = 2 * Double(lab.bucket.value) / lab.rate.bytesPerSecond + 2e-3
    let time = try largest(transport.rank == 0 ? now() + pause : 0)
    while now() < time { sched_yield() }
    return time
  }

  /// Seconds, by the clock of the machine that all hosts are on.
  func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// The largest of all ranks' numbers, by the sum of a one-hot vector: outside what is timed.
  func largest(_ value: Double) throws -> Double {
    let slots = scratch.slice(byteOffset: 0, byteCount: 8 * transport.size)
    fill(.float64, slots, count: transport.size, value: 0)
    setValue(value, of: slots, at: transport.rank, double: true)
    try transport.libraryAllReduce(slots, count: transport.size, double: true, group: Array(0..<transport.size))
    return (0..<transport.size).map { Kernels.value(of: slots, at: $0, double: true) }.max()!
  }
}
