package import Cluster
import Collectives
package import GPUModel
import Mesh
import NetworkModel
package import Program
package import Quantities

/// What a trace takes on a cluster: kernels by `GPUModel`, communication by `NetworkModel`, the host's own work by its memory and its
/// PCIe. Equal questions are answered once.
package final class ClusterPricing: StepPricing {
  private let gpus: TracePricing
  private let network: CommunicationModel
  /// Tensor-parallel ranks that each send a part of a message.
  private let senders: Int
  private let gpusPerNode: Int
  /// What GPUs of a node talk over.
  private let inside: SlowLink.Part
  private let host: HostWork
  private let slow: [SlowLink]
  private var kinds: [KindKey: Activity] = [:]
  private var runs: [RunKey: [PricedWork]] = [:]
  private var transfers: [TransferKey: SimDuration] = [:]
  private var groups: [GroupKey: CommunicationModel.Group] = [:]
  private var messages: [MessageKey: SimDuration] = [:]

  private struct RunKey: Hashable {
    var phase: String
    var stream: Program.Stream
    var operations: [Operation]
  }
  private struct KindKey: Hashable {
    var phase, name: String
    var family: Family
  }
  /// What of a kernel tells what it is for, beside its name.
  private enum Family: Hashable {
    case matmul, batchedMatmul, attention, streaming
    case rows(RowKernel.Function)

    init(_ kernel: Kernel) {
      switch kernel {
      case .matmul(let product): self = product.batch > 1 ? .batchedMatmul : .matmul
      case .attention: self = .attention
      case .streaming: self = .streaming
      case .rows(let rows): self = .rows(rows.function)
      }
    }
  }
  private struct TransferKey: Hashable {
    var kind: CollectiveKind
    var group: CommunicationModel.Group
    var bytes: ByteCount
  }
  private struct GroupKey: Hashable {
    var scope: Scope
    var first, count: Int
  }
  private struct MessageKey: Hashable {
    var from, to: Int
    var bytes: ByteCount
  }

  package init(
    _ cluster: ClusterDescription, _ gpus: TracePricing, _ network: CommunicationModel, slow: [SlowLink] = [],
    scatteringOver senders: Int = 1
  ) {
    self.senders = senders
    (self.gpus, self.network, self.slow) = (gpus, network, slow)
    gpusPerNode = cluster.gpusPerNode
    inside = cluster.nodeFabric == .pcie ? .pcie : .nvlink
    host = HostWork(cluster, network)
  }

  package func work(of trace: Trace) throws -> [PricedWork] {
    var result: [PricedWork] = []
    for run in trace.runs {
      let key = RunKey(phase: run.phase, stream: run.stream, operations: run.operations)
      if runs[key] == nil { runs[key] = try price(key) }
      for var work in runs[key]! {
        work.node = run.nodes.lowerBound
        result.append(work)
      }
    }
    return result
  }

  private func price(_ run: RunKey) throws -> [PricedWork] {
    if run.stream == .host { return run.operations.map { host.work($0) } }
    var trace = Trace()
    trace.nodes = [.phase(run.phase)] + run.operations.map { .operation($0, run.stream) }
    return try gpus.kernels(of: trace).map { kernel in
      PricedWork(
        node: 0, stream: run.stream, activity: activity(of: kernel), name: kernel.lowered.name,
        duration: SimDuration(seconds: kernel.seconds), issue: SimDuration(seconds: kernel.hostSeconds))
    }
  }

  /// Words of names are looked for once.
  private func activity(of kernel: PricedKernel) -> Activity {
    let key = KindKey(phase: kernel.phase, name: kernel.lowered.name, family: Family(kernel.kernel))
    if let known = kinds[key] { return known }
    kinds[key] = Activity(kernel.kind)
    return kinds[key]!
  }

  package func duration(of transfer: Transfer, rank: Int) throws -> SimDuration {
    let place = GroupKey(scope: transfer.scope, first: transfer.group[0], count: transfer.group.count)
    let group = groups[place] ?? CommunicationModel.Group(ranks: transfer.group, gpusPerNode: gpusPerNode)
    groups[place] = group
    let bytes = ByteCount(transfer.count, of: transfer.type)
    let key = TransferKey(kind: transfer.kind, group: group, bytes: bytes)
    if transfers[key] == nil { transfers[key] = try network.duration(of: transfer.kind, bytes, among: group) }
    return slowed(transfers[key]!, transfer.group)
  }

  package func duration(of bytes: ByteCount, from: Int, to: Int) throws -> SimDuration {
    let key = MessageKey(from: from, to: to, bytes: bytes)
    if messages[key] == nil {
      messages[key] = slowed(try scattered(bytes, from, to), [from, to])
    }
    return messages[key]!
  }

  /// Ranks of a tensor-parallel group hold the same values: each sends a part, and the receivers gather.
  ///
  /// - Source: Narayanan et al. 2021, arXiv:2104.04473, §4.1, scatter/gather.
  private func scattered(_ bytes: ByteCount, _ from: Int, _ to: Int) throws -> SimDuration {
    guard senders > 1 else { return try network.duration(ofMessage: bytes, from: from, to: to) }
    let first = to / senders * senders
    let group = CommunicationModel.Group(ranks: Array(first..<first + senders), gpusPerNode: gpusPerNode)
    let part = ByteCount((bytes.value + senders - 1) / senders)
    return try network.duration(ofMessage: part, from: from, to: to)
      + network.duration(of: .allGather, bytes, among: group)
  }

  /// All ranks of a collective wait for the slowest link that it takes.
  private func slowed(_ duration: SimDuration, _ ranks: [Int]) -> SimDuration {
    guard !slow.isEmpty else { return duration }
    let isInside = ranks.allSatisfy { $0 / gpusPerNode == ranks[0] / gpusPerNode }
    let part: SlowLink.Part = isInside ? inside : .network
    let factors = slow.filter { $0.part == part && ranks.contains($0.rank) }.map(\.factor)
    return SimDuration(seconds: duration.seconds * (factors.max() ?? 1))
  }
}

extension Activity {
  init(_ kind: KernelKind) {
    switch kind {
    case .matmul: self = .matmul
    case .attention: self = .attention
    case .norms: self = .norms
    case .elementwise: self = .elementwise
    case .embeddings: self = .embeddings
    case .loss: self = .loss
    case .optimizer: self = .optimizer
    }
  }
}
