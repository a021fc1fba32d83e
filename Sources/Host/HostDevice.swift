package import Execution
import Kernels
package import Program
package import Quantities
package import Transport

package import struct Foundation.Data

/// The device that computes: operations become loops and BLAS calls on the CPU, transfers become messages. In issue order, on the
/// calling thread; streams and events are the simulator's business.
package final class HostDevice: Device {
  private let arena: Arena
  let staging: Staging
  let transport: (any Transport)?
  /// Messages under way.
  var inFlight = InFlight()
  private var buffers: [Buffer?] = []
  private var vacant: [Int] = []

  private struct Buffer {
    var region: Region
    var type: ScalarType
  }

  /// - Parameter transport: how to reach the other ranks; nil for a device that has none.
  package init(transport: (any Transport)?) throws {
    arena = try Arena()
    staging = try Staging()
    self.transport = transport
    transport?.keepAlive(arena)
  }

  package func allocate(_ spec: TensorSpec, _ category: MemoryCategory) -> BufferID {
    progress()
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
}
