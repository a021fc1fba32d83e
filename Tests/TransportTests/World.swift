import Collectives
import Foundation
import Kernels
import Mesh
import Quantities
import Synchronization
import Transport

/// What each rank's own call ended with.
final class Texts: Sendable {
  private let texts = Mutex<[Int: String]>([:])
  func note(_ rank: Int, _ error: any Error) { texts.withLock { $0[rank] = "\(error)" } }
  subscript(_ rank: Int) -> String { texts.withLock { $0[rank] ?? "nothing" } }
  /// Those of ranks that found the fault themselves.
  var causes: [String] { texts.withLock { $0.values.filter { !$0.contains(" failed: ") } } }
}

/// One rank of a world of threads, with memory.
struct Rank {
  let transport: ThreadTransport
  let arena: Arena
  var number: Int { transport.rank }
  var everyone: [Int] { Array(0..<transport.size) }

  /// Values as they are stored.
  func region(_ values: [Double], _ type: ScalarType = .float64) -> Region {
    let region = arena.allocate(max(values.count * type.size, 1))
    setBytes(Stored.bytes(values, type), of: region)
    return region
  }

  func values(_ region: Region, _ count: Int, _ type: ScalarType = .float64) -> [Double] {
    Stored.values(bytes(of: region, count: count * type.size), type)
  }

  /// A collective on a buffer of zeros, over all ranks or some.
  func run(
    _ kind: CollectiveKind, _ algorithm: CollectiveAlgorithm = .ring, count: Int, among group: [Int]? = nil,
    along scope: Scope = .data
  ) throws {
    let zeros = region(Array(repeating: 0, count: count), .float32)
    try collective(kind, algorithm, zeros, count: count, type: .float32, among: group, along: scope)
  }

  func collective(
    _ kind: CollectiveKind, _ algorithm: CollectiveAlgorithm, _ buffer: Region, count: Int, type: ScalarType,
    _ combination: Combination = .sum, among group: [Int]? = nil, along scope: Scope = .data, segment: Int = 128 * 1024
  ) throws {
    let group = group ?? everyone
    let schedule = CollectiveSchedule(kind, algorithm: algorithm, ranks: group.count, count: count)
    let scratch = arena.allocate(max(1, min(count, segment) * type.size))
    try transport.during(Activity(.collective(kind), scope: scope, group: group, count: count, type: type)) {
      try CollectiveInterpreter(transport: transport, segment: segment).run(
        schedule, position: group.firstIndex(of: number)!, group: group, buffer: buffer, scratch: scratch, type: type,
        combination: combination)
    }
  }

  /// Waits for a message as a pipeline does.
  func receive(into region: Region, from peer: Int, tag: Int, count: Int) throws {
    let activity = Activity(.receive(from: peer, tag: tag), scope: .pipeline, count: count, type: .float64)
    let handle = try transport.receive(into: region, from: peer, tag: .message(tag))
    try transport.during(activity) { try transport.wait(handle) }
  }
}

/// Runs a world of threads whose ranks are named `rank 1 [dp1]`.
func world<Result: Sendable>(
  _ ranks: Int, deadline: Double = 20, texts: Texts = Texts(), _ body: @escaping @Sendable (Rank) throws -> Result
) throws -> [Result] {
  let mesh = Mesh([.data: ranks])
  let describe = { @Sendable (rank: Int) in mesh.describe(rank) }
  return try ThreadTransport.run(ranks: ranks, deadline: deadline, describe: describe) { transport in
    let rank = Rank(transport: transport, arena: try Arena(capacity: 1 << 30))
    transport.keepAlive(rank.arena)
    do { return try body(rank) } catch {
      texts.note(transport.rank, error)
      throw error
    }
  }
}

/// Values to bytes and back, by the language's own conversions.
enum Stored {
  static func bytes(_ values: [Double], _ type: ScalarType) -> Data {
    switch type {
    case .float32: values.map { Float($0) }.withUnsafeBytes { Data($0) }
    case .float64: values.withUnsafeBytes { Data($0) }
    case .float16: values.map { Float16($0) }.withUnsafeBytes { Data($0) }
    case .bfloat16: values.map { UInt16(Float(rounded($0, type)).bitPattern >> 16) }.withUnsafeBytes { Data($0) }
    case .int32: values.map { Int32($0) }.withUnsafeBytes { Data($0) }
    }
  }

  static func values(_ bytes: Data, _ type: ScalarType) -> [Double] {
    stride(from: 0, to: bytes.count, by: type.size).map { offset in
      bytes.withUnsafeBytes {
        switch type {
        case .float32: Double($0.loadUnaligned(fromByteOffset: offset, as: Float.self))
        case .float64: $0.loadUnaligned(fromByteOffset: offset, as: Double.self)
        case .float16: Double($0.loadUnaligned(fromByteOffset: offset, as: Float16.self))
        case .bfloat16:
          Double(Float(bitPattern: UInt32($0.loadUnaligned(fromByteOffset: offset, as: UInt16.self)) << 16))
        case .int32: Double($0.loadUnaligned(fromByteOffset: offset, as: Int32.self))
        }
      }
    }
  }

  /// The nearest value of a type, by way of fp32; ties to even. By arithmetic where the language has no such type.
  static func rounded(_ value: Double, _ type: ScalarType) -> Double {
    switch type {
    case .float64, .int32: return value
    case .float32: return Double(Float(value))
    case .float16: return Double(Float16(Float(value)))
    case .bfloat16:
      let single = Float(value)
      guard single != 0, single.isFinite else { return Double(single) }
      // Eight bits of significand: the unit in the last place of bf16 is 2^16 times that of fp32.
      let unit = single.ulp * 65536
      return Double((single / unit).rounded(.toNearestOrEven) * unit)
    }
  }
}
