import Cluster
import Program
import Quantities

/// Work on optimizer state in the host's memory: copies over a GPU's PCIe, arithmetic at the speed of the host's memory.
///
///     copy, convert: bytes / PCIe        step: bytes read and written / (0.8 · the host's memory bandwidth / GPUs of the node)
///
/// Worked example: AdamW of 1e9 parameters moves 4·4 B read and 3·4 B written each, 28e9 B; a DGX A100 has 409.6 GB/s for eight GPUs,
/// each 0.8 · 409.6 / 8 = 41 GB/s: 0.68 s.
///
/// - Ignores: what the CPU can compute, NUMA, and that data loading shares the memory.
/// - Source: `host.memory_bandwidth` of the cluster's file, 0.8 of it in STREAM (two EPYC 7003 with DDR4-3200: 330 to 350 of 409.6 GB/s,
///   Microsoft's page on STREAM for HBv3, read 2026-11); Ren et al. 2021, arXiv:2101.06840, whose CPU Adam is bound by memory.
struct HostWork {
  private let network: CommunicationModel
  private let memory: Bandwidth

  /// Of the channels' peak.
  private static let sustained = 0.8

  init(_ cluster: ClusterDescription, _ network: CommunicationModel) {
    self.network = network
    memory = Bandwidth(Self.sustained * cluster.host.memoryBandwidth.bytesPerSecond / Double(cluster.gpusPerNode))
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
