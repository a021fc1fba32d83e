package import Program

package import struct Foundation.Data

/// Names a piece of device memory.
package struct BufferID: Hashable, Sendable {
  package var index: Int
  package init(index: Int) { self.index = index }
}

/// A run of values inside a buffer.
package struct Operand: Hashable, Sendable {
  package var buffer: BufferID
  /// The first value, counted in values of the buffer's type.
  package var offset: Int

  package init(_ buffer: BufferID, offset: Int = 0) { (self.buffer, self.offset) = (buffer, offset) }
}

/// What carries out a program: the Host computes, the NullDevice only pretends. Neither keeps books; the `Executor` above does.
///
/// Errors: only `communicate`, `post` and `complete` can fail, when a peer does.
package protocol Device: AnyObject {
  /// Whether there are numbers behind the shapes.
  var computes: Bool { get }
  func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID
  func free(_ id: BufferID)
  func launch(_ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream)
  func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws
  /// Begins to move a message out of or into `buffer`, without waiting.
  func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws
  /// Waits until a posted message has left or arrived.
  func complete(_ message: Message, stream: Program.Stream) throws
  func record(_ event: Event, on stream: Program.Stream)
  func wait(_ event: Event, on stream: Program.Stream)
  /// The values' bytes, little-endian; nil where there are only shapes.
  func read(_ operand: Operand, count: Int) -> Data?
  /// Sets values from their bytes.
  func write(_ bytes: Data, to operand: Operand)
}

/// Computes nothing and stores nothing: a program run on it yields its ledger and its trace alone.
package final class NullDevice: Device {
  private var next = 0

  package init() {}

  package var computes: Bool { false }

  package func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    next += 1
    return BufferID(index: next)
  }
  package func free(_ id: BufferID) {}
  package func launch(_: Operation, reading: [Operand], writing: [Operand], on: Program.Stream) {}
  package func communicate(_: Transfer, on: Operand, scratch: Operand?, stream: Program.Stream) {}
  package func post(_: Message, on: Operand, stream: Program.Stream) {}
  package func complete(_: Message, stream: Program.Stream) {}
  package func record(_ event: Event, on stream: Program.Stream) {}
  package func wait(_ event: Event, on stream: Program.Stream) {}
  package func read(_ operand: Operand, count: Int) -> Data? { nil }
  package func write(_ bytes: Data, to operand: Operand) {}
}
