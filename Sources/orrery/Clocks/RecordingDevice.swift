import Dispatch
import Execution
import Foundation
import Program

/// A device that reads a clock whenever a step's program reaches the device below it.
///
/// The last step that began is kept: as many readings as a step's program has, whatever the device is asked for beside it.
final class RecordingDevice: Device {
  private let inner: any Device
  /// Readings of one step.
  private let capacity: Int
  /// Nanoseconds since 1970 when the step began: comparable on all ranks, as far as their machines agree about the time.
  private(set) var began = 0
  /// Nanoseconds since then.
  private(set) var readings: [Int] = []
  private var start: UInt64 = 0

  init(_ inner: any Device, capacity: Int) {
    (self.inner, self.capacity) = (inner, capacity)
    readings.reserveCapacity(capacity)
  }

  func beginStep() {
    readings.removeAll(keepingCapacity: true)
    began = Int(Date().timeIntervalSince1970 * 1e9)
    start = DispatchTime.now().uptimeNanoseconds
  }

  private func read() {
    guard readings.count < capacity else { return }
    readings.append(Int(DispatchTime.now().uptimeNanoseconds - start))
  }

  private func timed<Result>(_ body: () throws -> Result) rethrows -> Result {
    read()
    defer { read() }
    return try body()
  }
}

extension RecordingDevice {
  var computes: Bool { inner.computes }

  func launch(_ operation: Program.Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream) {
    timed { inner.launch(operation, reading: reading, writing: writing, on: stream) }
  }

  func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    try timed { try inner.communicate(transfer, on: buffer, scratch: scratch, stream: stream) }
  }

  func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    try timed { try inner.post(message, on: buffer, stream: stream) }
  }

  func complete(_ message: Message, stream: Program.Stream) throws {
    try timed { try inner.complete(message, stream: stream) }
  }

  func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    defer { read() }
    return inner.allocate(spec, category)
  }

  func free(_ id: BufferID) {
    inner.free(id)
    read()
  }

  func record(_ event: Event, on stream: Program.Stream) { inner.record(event, on: stream) }
  func wait(_ event: Event, on stream: Program.Stream) { inner.wait(event, on: stream) }
  func read(_ operand: Operand, count: Int) -> Data? { inner.read(operand, count: count) }
  func write(_ bytes: Data, to operand: Operand) { inner.write(bytes, to: operand) }
}
