import ArgumentParser
import Collectives
import Foundation
import Kernels
import Program
import Quantities
import Transport

/// One rank of the measured all-reduces; `orrery-bench collectives` starts it under mpirun. Every repetition runs every contestant
/// once, in turn, so that drifts of the machine meet them alike; a repetition's time is the slowest rank's.
struct CollectivesRank: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "collectives-rank", shouldDisplay: false)

  @Option var minimum = 1 << 10
  @Option var maximum = 256 << 20
  @Option var factor = 4
  @Option(help: "Seconds for each contestant and size.") var seconds = 1.0
  @Option(help: "Values of one of our messages at the most.") var segment = Transfer.segment

  func run() throws {
    let transport = try MPITransport(deadline: 600)
    let arena = try Arena()
    let ring = Contest(transport: transport, arena: arena, maximum: maximum, segment: segment)
    for bytes in sequence(first: minimum, next: { $0 * factor }).prefix(while: { $0 <= maximum }) {
      let rows = try ring.measure(bytes: bytes, seconds: seconds)
      guard transport.rank == 0 else { continue }
      for row in rows { print(String(decoding: try JSONEncoder().encode(row), as: UTF8.self)) }
    }
    try transport.finish()
  }
}

/// One contestant at one size.
struct CollectiveMeasurement: Codable {
  var algorithm: String
  var ranks, bytes, repetitions: Int
  var medianMicroseconds, p10Microseconds, p90Microseconds: Double
  /// 2·(N − 1)/N · bytes / median, GB/s: comparable over rank counts.
  var busBandwidth: Double
}

/// Who is measured, on which memory.
private struct Contest {
  let transport: MPITransport
  let buffer, scratch: Region
  let segment: Int

  init(transport: MPITransport, arena: Arena, maximum: Int, segment: Int) {
    (self.transport, self.segment) = (transport, segment)
    buffer = arena.allocate(maximum)
    scratch = arena.allocate(maximum / transport.size + 8 * segment + 64)
    for region in [buffer, scratch] { fill(.float32, region, count: region.byteCount / 4, value: 0) }
  }

  static let names = ["copy", "mpi", "orrery ring", "textbook ring", "orrery recursive", "orrery tree"]

  func run(_ name: String, _ count: Int) throws {
    switch name {
    case "copy": copy(from: buffer, to: scratch, byteCount: min(count * 4, scratch.byteCount))
    case "mpi":
      try transport.libraryAllReduce(buffer, count: count, double: false, group: Array(0..<transport.size))
    // A ring whose chunks are sent whole: what a textbook writes with MPI_Sendrecv.
    case "textbook ring": try scheduled(.ring, count, segment: Int.max / 8)
    case "orrery ring": try scheduled(.ring, count, segment: segment)
    case "orrery recursive": try scheduled(.recursive, count, segment: segment)
    default: try scheduled(.tree, count, segment: segment)
    }
  }

  private func scheduled(_ algorithm: CollectiveAlgorithm, _ count: Int, segment: Int) throws {
    let schedule = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: transport.size, count: count)
    try CollectiveInterpreter(transport: transport, segment: segment).run(
      schedule, position: transport.rank, group: Array(0..<transport.size), buffer: buffer, scratch: scratch,
      type: .float32)
  }

  func measure(bytes: Int, seconds: Double) throws -> [CollectiveMeasurement] {
    let count = bytes / 4
    var times: [String: [Double]] = [:]
    let began = now()
    for repetition in -2..<20000 {
      for name in Contest.names {
        try transport.barrier()
        let start = now()
        try run(name, count)
        let slowest = try largest(now() - start)
        if repetition >= 0 { times[name, default: []].append(slowest) }
      }
      let enough = repetition >= 6 && now() - began > seconds * Double(Contest.names.count)
      if try largest(transport.rank == 0 && enough ? 1 : 0) > 0 { break }
    }
    return Contest.names.map { summary($0, times[$0]!.sorted(), bytes) }
  }

  private func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// The largest of all ranks' numbers, by the sum of a one-hot vector: outside what is timed.
  private func largest(_ value: Double) throws -> Double {
    let slots = scratch.slice(byteOffset: 0, byteCount: 8 * transport.size)
    fill(.float64, slots, count: transport.size, value: 0)
    setValue(value, of: slots, at: transport.rank, double: true)
    try transport.libraryAllReduce(slots, count: transport.size, double: true, group: Array(0..<transport.size))
    return (0..<transport.size).map { Kernels.value(of: slots, at: $0, double: true) }.max()!
  }

  private func summary(_ name: String, _ sorted: [Double], _ bytes: Int) -> CollectiveMeasurement {
    let (n, count) = (transport.size, sorted.count)
    let median = sorted[count / 2]
    let volume = name == "copy" ? Double(min(bytes, scratch.byteCount)) : 2 * Double(n - 1) / Double(n) * Double(bytes)
    return CollectiveMeasurement(
      algorithm: name, ranks: n, bytes: bytes, repetitions: count, medianMicroseconds: median * 1e6,
      p10Microseconds: sorted[count / 10] * 1e6, p90Microseconds: sorted[count * 9 / 10] * 1e6,
      busBandwidth: volume / median / 1e9)
  }
}
