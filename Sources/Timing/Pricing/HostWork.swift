import Cluster
import Program
import Quantities

/// Work on optimizer state in the host's memory: copies over a GPU's PCIe, arithmetic at the speed of the host's memory.
///
///     copy, convert: bytes / PCIe        step: bytes read and written / (0.8 · 204.8 GB/s · sockets / GPUs of the node)
///
/// Worked example: AdamW of 1e9 parameters moves 4·4 B read and 3·4 B written each, 28e9 B; a node of two sockets and eight GPUs gives
/// each 0.8 · 204.8 · 2 / 8 = 41 GB/s: 0.68 s.
///
/// - Ignores: what the CPU can compute, NUMA, and that data loading shares the memory.
/// - Source: eight channels of DDR4-3200 a socket (AMD EPYC 7003 data sheet), 0.8 of it in STREAM; Ren et al. 2021, arXiv:2101.06840,
///   whose CPU Adam is bound by memory.
struct HostWork {
  private let network: CommunicationModel
  private let memory: Bandwidth

  init(_ cluster: ClusterDescription, _ network: CommunicationModel) {
    self.network = network
    memory = Bandwidth(0.8 * 204.8e9 * Double(cluster.host.sockets) / Double(cluster.gpusPerNode))
  }

  /// - Parameter slowness: how many times as long bytes take over the GPU's PCIe.
  func work(_ operation: Operation, copying slowness: Double = 1) -> PricedWork {
    PricedWork(
      node: 0, stream: .host, activity: .offload, name: operation.name, duration: duration(operation, slowness),
      issue: .zero)
  }

  private func duration(_ operation: Operation, _ slowness: Double) -> SimDuration {
    switch operation {
    case .copy(let count, let type): network.duration(ofHostCopy: ByteCount(count, of: type), slowness: slowness)
    case .convert(let count, _, let type):
      network.duration(ofHostCopy: ByteCount(count, of: type), slowness: slowness)
    default: bytes(operation) / memory
    }
  }

  private func bytes(_ operation: Operation) -> ByteCount {
    let operands = operation.operands
    return (operands.reads + operands.writes).reduce(.zero) { $0 + ByteCount($1.count, of: $1.type) }
      // What is updated in place is read first.
      + operands.writes.reduce(.zero) { $0 + ByteCount($1.count, of: $1.type) }
  }
}
