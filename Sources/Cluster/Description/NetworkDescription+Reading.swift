extension NetworkDescription {
  /// Nil where the file has no `network`, too.
  static func read(_ parent: ClusterFields, _ gpusPerNode: Int?, _ links: any LinkSource) -> NetworkDescription? {
    guard parent.has("network"), let fields = parent.optionalFields("network") else { return nil }
    fields.refuseUnknown(["nics_per_node", "link", "fabric"])
    let nics = fields.integer("nics_per_node", like: "8")
    let link = fields.link("link", like: "InfiniBand NDR", of: [.infiniband, .roce, .efa, .tcpx, .ethernet], links)
    let fabric = NetworkFabric.read(fields)
    if let nics, let gpusPerNode, nics > gpusPerNode {
      let hint = "describe cards that serve one GPU as one with their joint rate"
      fields.refuse("nics_per_node", value: String(nics), Complaint("is more than the node's GPUs", hint: hint))
    }
    guard let nics, let link, let fabric else { return nil }
    return NetworkDescription(nicsPerNode: nics, link: link, fabric: fabric)
  }
}

extension NetworkFabric {
  private enum Word: String, CaseIterable {
    case railOptimised = "rail_optimised"
    case fatTree = "fat_tree"
    case torus, dragonfly

    var keys: [String] {
      switch self {
      case .railOptimised, .fatTree:
        ["type", "nodes_per_leaf", "oversubscription", "nodes_per_pod", "pod_oversubscription"]
      case .torus: ["type", "dimensions", "links_per_direction"]
      case .dragonfly: ["type", "nodes_per_router", "routers_per_group", "global_links_per_router"]
      }
    }
  }

  static func read(_ parent: ClusterFields) -> NetworkFabric? {
    guard let fields = parent.fields("fabric", like: "{type: fat_tree, nodes_per_leaf: 16}"),
      let word: Word = fields.choice("type", like: "rail_optimised")
    else { return nil }
    fields.refuseUnknown(word.keys)
    switch word {
    case .railOptimised: return FatTree.read(fields).map(NetworkFabric.railOptimised)
    case .fatTree: return FatTree.read(fields).map(NetworkFabric.fatTree)
    case .torus: return torus(fields)
    case .dragonfly: return Dragonfly.read(fields).map(NetworkFabric.dragonfly)
    }
  }

  private static func torus(_ fields: ClusterFields) -> NetworkFabric? {
    let list = fields.elements("dimensions", like: "[8, 8, 8]")
    let dimensions = fields.integers("dimensions", list, atLeast: 1)
    let links = fields.has("links_per_direction") ? fields.optionalInteger("links_per_direction") : 1
    let nodes = dimensions.reduce(1.0) { $0 * Double($1) }
    if nodes > 1_048_576 { fields.refuse("dimensions", Complaint("are too many nodes", hint: "at most 1048576")) }
    guard let links, !dimensions.isEmpty, nodes <= 1_048_576 else { return nil }
    return .torus(dimensions, linksPerDirection: links)
  }
}

extension NetworkFabric.FatTree {
  fileprivate static func read(_ fields: ClusterFields) -> Self? {
    let leaf = fields.integer("nodes_per_leaf", like: "32")
    let pod = fields.optionalInteger("nodes_per_pod")
    let (own, pods) = (fields.factor("oversubscription"), fields.factor("pod_oversubscription"))
    if fields.has("pod_oversubscription"), !fields.has("nodes_per_pod") {
      fields.refuse("nodes_per_pod", fields.missing("nodes_per_pod", "256"))
    }
    if let leaf, let pod, pod % leaf != 0 || pod == leaf {
      let hint = "make it a multiple of nodes_per_leaf"
      fields.refuse("nodes_per_pod", value: String(pod), Complaint("does not hold several whole leaves", hint: hint))
    }
    return leaf.map { Self(nodesPerLeaf: $0, oversubscription: own, nodesPerPod: pod, podOversubscription: pods) }
  }
}

extension NetworkFabric.Dragonfly {
  fileprivate static func read(_ fields: ClusterFields) -> Self? {
    let nodes = fields.integer("nodes_per_router", like: "4")
    let routers = fields.integer("routers_per_group", like: "8", atMost: 1024)
    let global = fields.integer("global_links_per_router", like: "4", atMost: 1024)
    guard let nodes, let routers, let global else { return nil }
    return Self(nodesPerRouter: nodes, routersPerGroup: routers, globalLinksPerRouter: global)
  }
}
