import Collectives
package import Execution
import Kernels
import Mesh
package import Program
package import Quantities
package import Transport

package import struct Foundation.Data

/// The device that computes: operations become loops and BLAS calls on the CPU, transfers become messages. In issue order, on the
/// calling thread; streams and events are the simulator's business.
package final class HostDevice: Device {
  private let arena: Arena
  let transport: (any Transport)?
  private var buffers: [Buffer?] = []
  private var vacant: [Int] = []

  private struct Buffer {
    var region: Region
    var type: ScalarType
  }

  /// - Parameter transport: how to reach the other ranks; nil for a device that has none.
  package init(transport: (any Transport)?) throws {
    arena = try Arena()
    self.transport = transport
    transport?.keepAlive(arena)
  }

  package func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    let buffer = Buffer(region: arena.allocate(spec.bytes.value, stays: category == .gradients), type: spec.type)
    if let free = vacant.popLast() {
      buffers[free] = buffer
      return BufferID(index: free)
    }
    buffers.append(buffer)
    return BufferID(index: buffers.count - 1)
  }

  package func free(_ id: BufferID) {
    arena.free(buffers[id.index]!.region)
    buffers[id.index] = nil
    vacant.append(id.index)
  }

  package var computes: Bool { true }

  package func record(_ event: Event, on stream: Program.Stream) {}
  package func wait(_ event: Event, on stream: Program.Stream) {}

  /// Bytes that are allocated now: the witness of the ledger's live memory.
  package var liveBytes: ByteCount { ByteCount(arena.live) }
  /// The end of the highest block ever handed out: what fragmentation adds shows here.
  package var highWater: ByteCount { ByteCount(arena.highWater) }
}

extension HostDevice {
  /// The memory from an operand's first value to the end of its buffer.
  func region(_ operand: Operand) -> Region {
    let buffer = buffers[operand.buffer.index]!
    let offset = operand.offset * buffer.type.size
    return buffer.region.slice(byteOffset: offset, byteCount: buffer.region.byteCount - offset)
  }

  package func read(_ operand: Operand, count: Int) -> Data? {
    bytes(of: region(operand), count: count * buffers[operand.buffer.index]!.type.size)
  }

  package func write(_ bytes: Data, to operand: Operand) { setBytes(bytes, of: region(operand)) }

  package func communicate(_ transfer: Transfer, on buffer: Operand, scratch: Operand?, stream: Program.Stream) throws {
    guard let transport else { preconditionFailure("a transfer on a device without a transport: \(transfer)") }
    do {
      guard let schedule = transfer.schedule else {
        return try transport.libraryAllReduce(
          region(buffer), count: transfer.count, double: transfer.type == .float64, group: transfer.group)
      }
      let interpreter = CollectiveInterpreter(transport: transport, segment: Transfer.segment)
      let staging = scratch.map(region) ?? region(buffer).slice(byteOffset: 0, byteCount: 0)
      try interpreter.run(
        schedule, position: transfer.position, group: transfer.group, buffer: region(buffer), scratch: staging,
        type: transfer.type)
    } catch let error as TransportError {
      throw TransferError(transfer: transfer, cause: error)
    }
  }
}

/// A collective that could not be finished.
package struct TransferError: Error, CustomStringConvertible {
  package var transfer: Transfer
  package var cause: TransportError

  package var description: String {
    "\(transfer.kind.rawValue) of \(transfer.count) values along \(transfer.axis.rawValue): \(cause)"
  }
}
