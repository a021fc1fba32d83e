package import Execution
package import Host
package import Program
import Quantities

package import struct Foundation.Data

/// A device that computes as the host does, but for one planted fault.
package final class FaultyDevice: Device {
  package enum Fault: Sendable {
    /// The nth transfer of the run (from 0) does not happen, on any rank.
    case dropsTransfer(Int)
    /// One rank's values of the nth transfer arrive one place further on.
    case rollsTransfer(Int, rank: Int)
    /// The first result of every operation of this family is twice what it should be.
    case doubles(String)
    /// The first value of every result of this family is off by its last bit.
    case nudges(String)
    /// Random keys count samples from the rank's own first.
    case countsSamplesLocally
    /// The nth block is never given back.
    case forgets(Int)
    /// The nth transfer fails here.
    case throwsAt(Int)
  }

  private let host: HostDevice
  private let rank: Int
  private let fault: Fault
  private var (transfers, frees) = (0, 0)

  package init(_ host: HostDevice, rank: Int, _ fault: Fault) {
    (self.host, self.rank, self.fault) = (host, rank, fault)
  }

  package var computes: Bool { host.computes }
  package func post(_ message: Message, on buffer: Operand, stream: Program.Stream) throws {
    try host.post(message, on: buffer, stream: stream)
  }
  package func complete(_ message: Message, stream: Program.Stream) throws {
    try host.complete(message, stream: stream)
  }
  package func record(_ event: Event, on stream: Program.Stream) { host.record(event, on: stream) }
  package func wait(_ event: Event, on stream: Program.Stream) { host.wait(event, on: stream) }
  package func read(_ operand: Operand, count: Int) -> Data? { host.read(operand, count: count) }
}

extension FaultyDevice {
  package func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    host.allocate(spec, category)
  }

  package func free(_ id: BufferID) {
    defer { frees += 1 }
    if case .forgets(frees) = fault { return }
    host.free(id)
  }

  package func launch(
    _ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream
  ) {
    host.launch(operation, reading: reading, writing: writing, on: stream)
    guard let result = operation.operands.writes.first else { return }
    switch fault {
    case .doubles(operation.name): change(writing[0], result.count, result.type) { $0 = $0.map { 2 * $0 } }
    case .nudges(operation.name): change(writing[0], result.count, result.type) { $0[0] = $0[0].nextUp }
    default: break
    }
  }

  package func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    defer { transfers += 1 }
    if case .dropsTransfer(transfers) = fault { return }
    if case .throwsAt(transfers) = fault { throw PlantedError() }
    try host.communicate(transfer, on: buffer, scratch: scratch, stream: stream)
    if case .rollsTransfer(transfers, rank) = fault {
      change(buffer, transfer.count, transfer.type) { $0.append($0.removeFirst()) }
    }
  }

  /// A random key is the only thing of its size that a run writes.
  package func write(_ bytes: Data, to operand: Operand) {
    guard case .countsSamplesLocally = fault, bytes.count == randomKeyCount * 4 else {
      return host.write(bytes, to: operand)
    }
    host.write(bytes.dropLast(4) + Data(count: 4), to: operand)
  }

  private func change(_ operand: Operand, _ count: Int, _ type: ScalarType, _ body: (inout [Double]) -> Void) {
    var values = Values.doubles(host.read(operand, count: count)!, as: type)
    body(&values)
    host.write(Values.bytes(values, as: type), to: operand)
  }
}

package struct PlantedError: Error, CustomStringConvertible {
  package var description: String { "a planted failure" }
}

extension Interference {
  package static func fault(_ fault: FaultyDevice.Fault) -> Interference {
    .device { FaultyDevice($0, rank: $1, fault) }
  }
}
