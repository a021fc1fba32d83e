package import Cluster
package import Mesh

extension CommunicationModel {
  /// How a group of ranks lies on a cluster: groups that lie alike take as long.
  package struct Group: Hashable, Sendable {
    package let ranks: Int
    /// The most on a node.
    package let ranksPerNode: Int
    package let nodes: Int
    /// From the first node to the last, both counted: how far apart the nodes are decides which switches lie between them.
    package let span: Int
    /// NVLink domains that the group reaches into, and the most of its ranks in one: a node, or a rack of several.
    package let domains: Int
    package let ranksPerDomain: Int
    /// The places of its GPUs on the fullest node, where those of a node are not all joined alike; else none.
    package let places: [Int]

    /// - Parameter ranks: at least one; rank r sits on GPU r, counted through all nodes.
    package init(ranks: [Int], on cluster: ClusterDescription) {
      precondition(!ranks.isEmpty, "a group of no ranks")
      let nodes = Dictionary(grouping: ranks) { $0 / cluster.gpusPerNode }
      let (first, last) = (nodes.keys.min()!, nodes.keys.max()!)
      let fullest = nodes.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }!.value
      self.ranks = ranks.count
      (ranksPerNode, self.nodes, span) = (fullest.count, nodes.count, last - first + 1)
      var domains: [Int: Int] = [:]
      for (node, own) in nodes { domains[node / cluster.nodeFabric.nodesPerDomain, default: 0] += own.count }
      (self.domains, ranksPerDomain) = (domains.count, domains.values.max()!)
      places = cluster.nodeFabric.joinsAllAlike ? [] : fullest.map { $0 % cluster.gpusPerNode }.sorted()
    }
  }
}

extension NodeFabric {
  /// Whether it makes no difference which GPUs of a node talk.
  var joinsAllAlike: Bool {
    switch self {
    case .nvSwitch, .pcie: true
    case .mesh, .fullMesh, .bridges: false
    }
  }
}

extension Mesh {
  /// How the groups of a scope lie that the ranks of one stage form: in one way, unless their sizes and the nodes' do not divide each
  /// other. A step waits for the slowest of them.
  ///
  /// - Parameter rank: any rank of the stage.
  package func placements(
    of rank: Int, in scope: Scope, on cluster: ClusterDescription
  ) -> Set<CommunicationModel.Group> {
    let own = group(of: rank, in: scope)
    let placement = CommunicationModel.Group(ranks: own, on: cluster)
    guard scope != .world, scope != .ends, !liesEvenly(own, on: cluster) else { return [placement] }
    var known: Set<Int> = []
    return stage(of: rank).reduce(into: [placement]) { placements, other in
      let group = group(of: other, in: scope)
      guard known.insert(group[0]).inserted else { return }
      placements.insert(CommunicationModel.Group(ranks: group, on: cluster))
    }
  }

  /// Pairs of ranks that send when one does: one of each way in which they lie.
  package func messages(like from: Int, to: Int, on cluster: ClusterDescription) -> [(from: Int, to: Int)] {
    guard !liesEvenly(group(of: from, along: .pipeline), on: cluster) else { return [(from, to)] }
    var known: Set<PairPlacement> = []
    return stage(of: from).map { ($0, $0 + to - from) }
      .filter { known.insert(PairPlacement($0, $1, on: cluster)).inserted }
  }

  /// The ranks with the pipeline coordinate of `rank`.
  private func stage(of rank: Int) -> [Int] {
    let pipeline = group(of: rank, along: .pipeline)
    let stride = pipeline.count > 1 ? pipeline[1] - pipeline[0] : count
    let first = pipeline.count > 1 ? (rank - pipeline[0]) / stride * stride : 0
    return Swift.stride(from: first, to: count, by: stride * pipeline.count).flatMap { Array($0..<$0 + stride) }
  }

  /// Whether every group with the strides of this one lies on nodes and domains as this one does.
  private func liesEvenly(_ group: [Int], on cluster: ClusterDescription) -> Bool {
    guard group.count > 1 else { return true }
    guard cluster.nodeFabric.joinsAllAlike else { return false }
    let stride = group[1] - group[0]
    let whole = stride * group.count
    let nodes = [1, cluster.nodeFabric.nodesPerDomain].map { $0 * cluster.gpusPerNode }
    return nodes.allSatisfy { size in
      stride.isMultiple(of: size)
        || size.isMultiple(of: stride) && (size.isMultiple(of: whole) || whole.isMultiple(of: size))
    }
  }
}

/// How two ranks lie.
private struct PairPlacement: Hashable {
  /// In nodes.
  private var distance: Int
  private var isOneDomain: Bool
  /// In their nodes, where it makes a difference.
  private var places: [Int]

  init(_ from: Int, _ to: Int, on cluster: ClusterDescription) {
    let (start, end) = (from / cluster.gpusPerNode, to / cluster.gpusPerNode)
    distance = end - start
    isOneDomain = start / cluster.nodeFabric.nodesPerDomain == end / cluster.nodeFabric.nodesPerDomain
    let isInside = start == end && !cluster.nodeFabric.joinsAllAlike
    places = isInside ? [from % cluster.gpusPerNode, to % cluster.gpusPerNode] : []
  }
}
