package import Mesh
package import Quantities

/// What the ranks of a node keep in their host's memory, against what the node has: of the node on which that is the most.
///
/// Every rank counts with its own peak. Those lie in the same phase but not in the same instant, so the sum is a bound from above, by at
/// most a copy of one unit's gradient for each rank.
///
/// Worked example: GPT-2 XL, 1.56e9 parameters, AdamW, ZeRO stage 0, eight ranks on a node: each keeps 12 B a parameter, 18.7 GB, and the
/// node 150 GB, beside the gradient copies.
///
/// - Ignores: the operating system, pinned buffers, data loading, and that a socket's memory is nearer to some GPUs.
package struct HostMemory: Hashable, Sendable {
  /// Counted from zero.
  package private(set) var node = 0
  /// Of this node, those that keep something there.
  package private(set) var ranks = 0
  package private(set) var used = ByteCount.zero
  /// By the rank that keeps the most.
  package private(set) var most: OffloadedPeak
  /// Of one node: `host.memory`.
  package let capacity: ByteCount

  /// Below zero where it does not fit.
  package var free: ByteCount { capacity - used }

  /// - Parameters:
  ///   - memory: one for each pipeline rank; rank r is GPU r of the cluster.
  ///   - capacity: of each node.
  /// - Returns: nil where no rank keeps anything there.
  package init?(_ memory: [RankMemory], _ mesh: Mesh, gpusPerNode: Int, capacity: ByteCount) {
    guard memory.contains(where: { $0.offloaded != nil }) else { return nil }
    (self.capacity, most) = (capacity, OffloadedPeak(.zero, StepMoment(phase: "")))
    for first in stride(from: 0, to: mesh.count, by: gpusPerNode) {
      let peaks = (first..<min(first + gpusPerNode, mesh.count)).compactMap { rank in
        memory[mesh.coordinate(of: rank, along: .pipeline)].offloaded
      }
      let sum = peaks.reduce(ByteCount.zero) { $0 + $1.bytes }
      guard sum > used, let most = peaks.max(by: { $0.bytes < $1.bytes }) else { continue }
      (node, ranks, used, self.most) = (first / gpusPerNode, peaks.count, sum, most)
    }
  }
}
