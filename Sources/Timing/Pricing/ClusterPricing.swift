package import Cluster
import Collectives
import GPUModel
package import Mesh
import NetworkModel
package import Program
package import Quantities

/// What a run's traces take on a cluster: kernels by `GPUModel`, communication by `NetworkModel`, the host's own work by its memory and
/// its PCIe. Equal questions are answered once.
///
/// Groups of one scope may lie on nodes in different ways; the ranks of all of them wait for the slowest.
package final class ClusterPricing: StepPricing {
  private let cluster: ClusterDescription
  private let mesh: Mesh
  private let kernels: KernelPricing
  private let network: CommunicationModel
  /// Tensor-parallel ranks that each send a part of a message.
  private let senders: Int
  private let host: HostWork
  private var slow: SlowLinks
  private var transfers: [TransferKey: SimDuration] = [:]
  private var placements: [GroupKey: Set<CommunicationModel.Group>] = [:]
  private var messages: [MessageKey: SimDuration] = [:]

  private struct TransferKey: Hashable {
    var kind: CollectiveKind
    var group: CommunicationModel.Group
    var bytes: ByteCount
    var slowness: CommunicationModel.Slowness
  }
  private struct GroupKey: Hashable {
    var scope: Scope
    var first, count: Int
  }
  private struct MessageKey: Hashable {
    var from, to: Int
    var bytes: ByteCount
  }

  /// - Parameter mesh: rank r sits on GPU r.
  package init(
    _ cluster: ClusterDescription, _ mesh: Mesh, _ kernels: KernelPricing, _ network: CommunicationModel,
    slow: [SlowLink] = [], scatteringOver senders: Int = 1
  ) {
    (self.cluster, self.mesh, self.kernels, self.network) = (cluster, mesh, kernels, network)
    (self.senders, self.slow) = (senders, SlowLinks(slow, mesh))
    host = HostWork(cluster, network)
  }

  /// Slow links that nothing has been sent over.
  package var idleLinks: [SlowLink] { slow.idle }

  package func work(of trace: Trace, rank: Int) throws -> [PricedWork] {
    var result: [PricedWork] = []
    for run in trace.runs {
      for var work in try works(of: run, rank) {
        work.node = run.nodes.lowerBound
        result.append(work)
      }
    }
    return result
  }

  private func works(of run: OperationRun, _ rank: Int) throws -> [PricedWork] {
    guard run.stream == .host else { return try kernels.work(of: run) }
    let slowness = slow.slowness(of: [rank], inner: .pcie, leavesDomain: false).link
    return run.operations.map { host.work($0, copying: slowness) }
  }

  package func duration(of transfer: Transfer) throws -> SimDuration {
    let bytes = ByteCount(transfer.count, of: transfer.type)
    return try groups(like: transfer).map { group in
      let inner = group.ranksPerDomain > 1 ? network.innerKind(group) : nil
      let slowness = slow.slowness(of: transfer.group, inner: inner, leavesDomain: group.domains > 1)
      return try duration(TransferKey(kind: transfer.kind, group: group, bytes: bytes, slowness: slowness))
    }.max()!
  }

  private func duration(_ key: TransferKey) throws -> SimDuration {
    if let known = transfers[key] { return known }
    let duration = try network.duration(of: key.kind, key.bytes, among: key.group, slowness: key.slowness)
    transfers[key] = duration
    return duration
  }

  private func groups(like transfer: Transfer) -> Set<CommunicationModel.Group> {
    let key = GroupKey(scope: transfer.scope, first: transfer.group[0], count: transfer.group.count)
    if let known = placements[key] { return known }
    placements[key] =
      transfer.scope == .ends
      ? [CommunicationModel.Group(ranks: transfer.group, on: cluster)]
      : mesh.placements(of: transfer.group[0], in: transfer.scope, on: cluster)
    return placements[key]!
  }

  package func duration(of bytes: ByteCount, from: Int, to: Int) throws -> SimDuration {
    let key = MessageKey(from: from, to: to, bytes: bytes)
    if let known = messages[key] { return known }
    let duration = try mesh.messages(like: from, to: to, on: cluster)
      .map { try scattered(bytes, $0.from, $0.to, places: [from, to]) }.max()!
    messages[key] = duration
    return duration
  }

  /// Ranks of a tensor-parallel group hold the same values: each sends a part, and the receivers gather.
  ///
  /// - Parameter places: ranks of the stages that talk.
  /// - Source: Narayanan et al. 2021, arXiv:2104.04473, §4.1, scatter/gather.
  private func scattered(_ bytes: ByteCount, _ from: Int, _ to: Int, places: [Int]) throws -> SimDuration {
    let link = network.linkKind(from: from, to: to)
    let slowness = slow.slowness(of: places, inner: link, leavesDomain: link != .nvlink && link != .pcie)
    guard senders > 1 else { return try network.duration(ofMessage: bytes, from: from, to: to, slowness: slowness) }
    let first = to / senders * senders
    let group = CommunicationModel.Group(ranks: Array(first..<first + senders), on: cluster)
    let part = ByteCount((bytes.value + senders - 1) / senders)
    return try network.duration(ofMessage: part, from: from, to: to, slowness: slowness)
      + network.duration(of: .allGather, bytes, among: group)
  }
}
