import Collectives
import Execution
import Foundation
import Program

/// A device that adds up the wall-clock time of every kind of operation on its way to another device.
final class TimedDevice: Device {
  private let inner: any Device
  private(set) var seconds: [String: Double] = [:]
  private(set) var calls: [String: Int] = [:]

  init(_ inner: any Device) { self.inner = inner }

  var computes: Bool { inner.computes }

  /// Milliseconds a step by kind, largest first.
  func table(steps: Int) -> String {
    seconds.sorted { $0.value > $1.value }.map { name, total in
      let milliseconds = total / Double(steps) * 1e3
      return String(format: "%-58@ %9.3f ms/step %6d calls", name as NSString, milliseconds, calls[name]! / steps)
    }.joined(separator: "\n")
  }

  func reset() { (seconds, calls) = ([:], [:]) }

  private func timed<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let start = DispatchTime.now().uptimeNanoseconds
    defer {
      seconds[name, default: 0] += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      calls[name, default: 0] += 1
    }
    return try body()
  }

  func launch(_ operation: Program.Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream) {
    timed(label(operation)) { inner.launch(operation, reading: reading, writing: writing, on: stream) }
  }

  private func label(_ operation: Program.Operation) -> String {
    guard case .matmul(let s, _, _) = operation else { return operation.name }
    let form = (s.transposeA ? "T" : "N") + (s.transposeB ? "T" : "N")
    return "matmul \(form) \(s.m)×\(s.n)×\(s.k)"
  }

  func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    try timed(transfer.kind.rawValue) {
      try inner.communicate(transfer, on: buffer, scratch: scratch, stream: stream)
    }
  }

  func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    try timed("post") { try inner.post(message, on: buffer, stream: stream) }
  }
  func complete(_ message: Message, stream: Program.Stream) throws {
    try timed("wait for \(message.direction == .send ? "a send" : "a message")") {
      try inner.complete(message, stream: stream)
    }
  }

  func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    timed("allocate") { inner.allocate(spec, category) }
  }
  func free(_ id: BufferID) { timed("free") { inner.free(id) } }
  func record(_ event: Event, on stream: Program.Stream) { inner.record(event, on: stream) }
  func wait(_ event: Event, on stream: Program.Stream) { inner.wait(event, on: stream) }
  func read(_ operand: Operand, count: Int) -> Data? { inner.read(operand, count: count) }
  func write(_ bytes: Data, to operand: Operand) { inner.write(bytes, to: operand) }
}
