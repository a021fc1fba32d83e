package import Execution
package import Host
package import Program
import Quantities

package import struct Foundation.Data

/// A device that computes as the host does, but for one planted fault.
package final class FaultyDevice: Device {
  let host: HostDevice
  let rank: Int
  let fault: Fault
  private var (transfers, frees) = (0, 0)
  /// Values of every buffer, by its number.
  private var sizes: [BufferID: Int] = [:]
  /// The step that the last random key belongs to.
  private(set) var step = 0
  /// What matching transfers delivered, in the order of a step: in this step so far, and in the last.
  var (delivered, deliveredBefore) = ([[Double]](), [[Double]]())

  package init(_ host: HostDevice, rank: Int, _ fault: Fault) {
    (self.host, self.rank, self.fault) = (host, rank, fault)
  }

  package var computes: Bool { host.computes }
  package func record(_ event: Event, on stream: Program.Stream) { host.record(event, on: stream) }
  package func wait(_ event: Event, on stream: Program.Stream) { host.wait(event, on: stream) }
  package func read(_ operand: Operand, count: Int) -> Data? { host.read(operand, count: count) }

  package func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    let id = host.allocate(spec, category)
    sizes[id] = spec.count
    return id
  }

  package func free(_ id: BufferID) {
    defer { frees += 1 }
    if case .forgets(frees) = fault { return }
    host.free(id)
  }

  package func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    let number = transfers
    transfers += 1
    try communicate(transfer, number: number, buffer) {
      try host.communicate(transfer, on: buffer, scratch: scratch, stream: stream)
    }
  }

  /// A random key, which names its step, is the only thing of its size that a run writes.
  package func write(_ bytes: Data, to operand: Operand) {
    guard bytes.count == randomKeyCount * 4 else { return host.write(bytes, to: operand) }
    begin(Int(Values.doubles(bytes, as: .int32)[2]))
    if case .countsSamplesLocally = fault { return host.write(bytes.dropLast(4) + Data(count: 4), to: operand) }
    host.write(bytes, to: operand)
  }

  private func begin(_ next: Int) {
    guard next != step else { return }
    (step, delivered, deliveredBefore) = (next, [], delivered)
  }

  func change(_ operand: Operand, _ count: Int, _ type: ScalarType, _ body: (inout [Double]) -> Void) {
    var values = Values.doubles(host.read(operand, count: count)!, as: type)
    body(&values)
    host.write(Values.bytes(values, as: type), to: operand)
  }
}

extension FaultyDevice {
  package func launch(
    _ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream
  ) {
    let (launched, operands) = altered(operation, reading)
    host.launch(launched, reading: operands, writing: writing, on: stream)
    guard let result = operation.operands.writes.first else { return }
    switch fault {
    case .doubles(operation.name): change(writing[0], result.count, result.type) { $0 = $0.map { 2 * $0 } }
    case .nudges(operation.name): change(writing[0], result.count, result.type) { $0[0] = $0[0].nextUp }
    case .overflows(operation.name, rank, let steps) where steps.contains(step):
      change(writing[0], result.count, result.type) { $0[0] = .infinity }
    default: break
    }
  }

  /// What is launched in place of an operation.
  private func altered(_ operation: Operation, _ reading: [Operand]) -> (Operation, [Operand]) {
    switch (fault, operation) {
    case (.launches(let other), _): return (other(operation), reading)
    case (.countsReplicatedAgain, .squaredNorm(_, let type)) where reading[0].offset == 0:
      return (.squaredNorm(count: sizes[reading[0].buffer]!, type), reading)
    case (.countsReplicatedAgain, .squaredNorm(_, let type)): return (.squaredNorm(count: 0, type), reading)
    default: return (operation, reading)
    }
  }

  package func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    if case .loses(let isLost) = fault, message.direction == .send, isLost(message) { return }
    try host.post(redirected(message), on: buffer, stream: stream)
  }

  package func complete(_ message: Message, stream: Program.Stream) throws {
    if case .loses(let isLost) = fault, message.direction == .send, isLost(message) { return }
    try host.complete(redirected(message), stream: stream)
  }

  /// A receiver that takes one message for another.
  private func redirected(_ message: Message) -> Message {
    guard case .exchanges(let first, let second) = fault, message.direction == .receive else { return message }
    var result = message
    if message.tag == first { result.tag = second } else if message.tag == second { result.tag = first }
    return result
  }
}

extension Interference {
  package static func fault(_ fault: FaultyDevice.Fault) -> Interference {
    .device { FaultyDevice($0, rank: $1, fault) }
  }
}
