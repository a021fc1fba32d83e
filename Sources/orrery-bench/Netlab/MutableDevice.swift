import Collectives
import Execution
import Foundation
import Program

/// A device that writes down the collectives on their way to another device, and can leave them out: a step's computation alone.
final class MutableDevice: Device {
  private let inner: any Device
  /// Collectives are written down but not carried out.
  var isMuted = false
  var transfers: [Transfer] = []

  init(_ inner: any Device) { self.inner = inner }

  var computes: Bool { inner.computes }

  func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    transfers.append(transfer)
    if !isMuted { try inner.communicate(transfer, on: buffer, scratch: scratch, stream: stream) }
  }

  func launch(_ operation: Program.Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream) {
    inner.launch(operation, reading: reading, writing: writing, on: stream)
  }

  func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    preconditionFailure("a data-parallel step posts no message, but posted \(message)")
  }
  func complete(_ message: Message, stream: Program.Stream) throws {
    preconditionFailure("a data-parallel step waits for no message, but waited for \(message)")
  }

  func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID { inner.allocate(spec, category) }
  func free(_ id: BufferID) { inner.free(id) }
  func record(_ event: Event, on stream: Program.Stream) { inner.record(event, on: stream) }
  func wait(_ event: Event, on stream: Program.Stream) { inner.wait(event, on: stream) }
  func read(_ operand: Operand, count: Int) -> Data? { inner.read(operand, count: count) }
  func write(_ bytes: Data, to operand: Operand) { inner.write(bytes, to: operand) }
}
