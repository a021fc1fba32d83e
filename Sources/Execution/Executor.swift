package import Program
package import Quantities

package import struct Foundation.Data

/// The one place through which a program reaches its device. Every allocation, operation and transfer is written down here,
/// once, in the ledger and in the trace, and then passed on: neither the layer above nor the device below knows.
package final class Executor {
  package let device: any Device
  package private(set) var ledger = Ledger()
  package private(set) var trace = Trace()
  private var events = 0

  package init(device: any Device) { self.device = device }

  /// A new step: totals and trace begin again, what is allocated stays on the books.
  package func beginStep() {
    ledger.beginStep()
    trace = Trace()
    events = 0
  }

  package func phase(_ name: String) { trace.nodes.append(.phase(name)) }

  package func passage(_ passage: Passage?) { trace.nodes.append(.passage(passage)) }
}

extension Executor {
  package func allocate(_ shape: [Int], _ type: ScalarType, _ category: MemoryCategory) -> Tensor {
    let spec = TensorSpec(shape, type)
    let id = device.allocate(spec, category)
    ledger.allocated(spec.bytes, category)
    trace.nodes.append(.allocate(spec.bytes, category))
    return Tensor(id: id, spec: spec, category: category, executor: self)
  }

  func free(_ id: BufferID, _ spec: TensorSpec, _ category: MemoryCategory) {
    device.free(id)
    ledger.freed(spec.bytes, category)
    trace.nodes.append(.free(spec.bytes, category))
  }

  /// Queues an operation. The operands' sizes and types are checked against the operation here, so that no device has to.
  package func launch(
    _ operation: Operation, reading: [TensorView] = [], writing: [TensorView], on stream: Program.Stream = .compute
  ) {
    let operands = operation.operands
    check(reading, operands.reads, operation)
    check(writing, operands.writes, operation)
    ledger.launched(operation)
    trace.nodes.append(.operation(operation, stream))
    device.launch(operation, reading: reading.map(\.operand), writing: writing.map(\.operand), on: stream)
  }

  private func check(_ views: [TensorView], _ expected: [Operands.Operand], _ operation: Operation) {
    precondition(
      views.count == expected.count && zip(views, expected).allSatisfy { $0.count == $1.count && $0.type == $1.type },
      "\(operation.name): operands \(views.map { "\($0.count) \($0.type)" }) do not fit \(expected)")
  }

  /// Queues a collective on the values of `view`, in place. Communicates what `transfer` says.
  package func communicate(_ transfer: Transfer, _ view: TensorView, on stream: Program.Stream) throws {
    precondition(view.count == transfer.count && view.type == transfer.type, "a transfer moves the view it is given")
    guard transfer.group.count > 1, transfer.count > 0 else { return }
    let scratch = allocate([transfer.scratchCount], transfer.type, .communication)
    ledger.transferred(transfer)
    trace.nodes.append(.transfer(transfer, stream))
    try device.communicate(transfer, on: view.operand, scratch: scratch.view.operand, stream: stream)
  }

  /// Queues a message. Communicates `message.bytes` with its peer.
  package func post(_ message: Message, _ view: TensorView, on stream: Program.Stream) throws {
    precondition(view.count == message.count && view.type == message.type, "a message moves the view it is given")
    ledger.posted(message)
    trace.nodes.append(.post(message, stream))
    try device.post(message, on: view.operand, stream: stream)
  }

  package func complete(_ message: Message, on stream: Program.Stream) throws {
    trace.nodes.append(.complete(message, stream))
    try device.complete(message, stream: stream)
  }

  package func record(on stream: Program.Stream) -> Event {
    let event = Event(index: events)
    events += 1
    trace.nodes.append(.record(event, stream))
    device.record(event, on: stream)
    return event
  }

  package func wait(_ event: Event, on stream: Program.Stream) {
    trace.nodes.append(.wait(event, stream))
    device.wait(event, on: stream)
  }
}

extension Executor {
  /// The view's values as bytes; nil where there are only shapes. Values steer a program between its steps only.
  package func read(_ view: TensorView) -> Data? { device.read(view.operand, count: view.count) }

  package func write(_ bytes: Data, to view: TensorView) {
    precondition(bytes.count == ByteCount(view.count, of: view.type).value, "\(bytes.count) bytes for \(view)")
    device.write(bytes, to: view.operand)
  }
}
