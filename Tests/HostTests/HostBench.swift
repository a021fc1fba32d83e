import Execution
import Foundation
import Host
import Program
import Quantities

/// A host and the operands of one operation at a time; values go in and come out as bytes.
final class HostBench {
  let device: HostDevice

  init() throws {
    device = try HostDevice(transport: nil)
    useOneMatmulThread()
  }

  func operand(_ operand: Operands.Operand, _ bytes: Data) -> Execution.Operand {
    let result = Operand(device.allocate(TensorSpec([operand.count], operand.type), .activations))
    device.write(bytes, to: result)
    return result
  }

  /// What an operation makes of the contents of its operands: the written ones.
  func run(_ operation: Program.Operation, reading: [Data], writing: [Data]) -> [Data] {
    let operands = operation.operands
    let r = zip(operands.reads, reading).map { operand($0, $1) }
    let w = zip(operands.writes, writing).map { operand($0, $1) }
    device.launch(operation, reading: r, writing: w, on: .compute)
    let results = zip(operands.writes, w).map { device.read($1, count: $0.count)! }
    for operand in r + w { device.free(operand.buffer) }
    return results
  }

  func convert(_ bytes: Data, _ from: ScalarType, _ to: ScalarType) -> Data {
    guard from != to else { return bytes }
    let operation = Operation.convert(count: bytes.count / from.size, from: from, to: to)
    return run(operation, reading: [bytes], writing: [Data(count: bytes.count / from.size * to.size)])[0]
  }
}

extension Array {
  var data: Data { withUnsafeBytes { Data($0) } }
}

extension Data {
  func values<T>(_: T.Type) -> [T] { withUnsafeBytes { [T]($0.bindMemory(to: T.self)) } }
}

/// Operands' contents: the same in every run.
struct Contents {
  private var state: UInt64 = 0x9e37_79b9_7f4a_7c15
  /// Where set, values are multiples of an eighth, whose products' sums are exact in fp32.
  var coarse = false
  static let key: [Int32] = [7, 9, 3, 5]

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  private mutating func unit() -> Float {
    let value = Float(next() >> 40) / 16_777_216
    return coarse ? (value * 8).rounded() / 8 : value
  }

  /// 16-bit values lie in −1 ... 1; wider ones in 0.5 ... 1.5, as statistics and moments may; ids in −1 ..< 24.
  mutating func fill(_ operand: Operands.Operand, _ bench: HostBench) -> Data {
    switch operand.type {
    case .bfloat16, .float16:
      bench.convert((0..<operand.count).map { _ in 2 * unit() - 1 }.data, .float32, operand.type)
    case .float32: (0..<operand.count).map { _ in 0.5 + unit() }.data
    case .float64: Array([1e-2, 3.0, 0.5, 1].prefix(operand.count)).data
    case .int32:
      operand.count == randomKeyCount ? Self.key.data : (0..<operand.count).map { _ in Int32(next() % 25) - 1 }.data
    }
  }
}
