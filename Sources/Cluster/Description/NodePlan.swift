/// The graph of one node, without what it shares with others, and the routes in it. GPU i is vertex i.
struct NodePlan: Sendable {
  private(set) var graph = GraphBuilder()
  private(set) var nics: [Int] = []
  private(set) var hostOfGPU: [Int] = []
  /// From each vertex to each other, in link numbers of this graph.
  private(set) var routes: [[[Int]]] = []

  init(_ cluster: ClusterDescription) {
    for gpu in 0..<cluster.gpusPerNode { _ = graph.add(.gpu, gpu) }
    nics = (0..<(cluster.network?.nicsPerNode ?? 0)).map { graph.add(.nic, $0) }
    let hosts = addHosts(cluster.host)
    if let perSwitch = cluster.host.gpusPerSwitch {
      joinOverSwitches(cluster, perSwitch, hosts)
    } else {
      joinDirectly(cluster, hosts)
    }
    joinGPUs(cluster)
    hostOfGPU = (0..<cluster.gpusPerNode).map { hosts[socket(of: $0, cluster)] }
    routes = graph.allRoutes(overGPUs: cluster.nodeFabric.forwardsOverGPUs)
  }

  private mutating func addHosts(_ host: HostDescription) -> [Int] {
    let hosts = (0..<host.sockets).map { graph.add(.host, $0) }
    guard let link = host.socketLink else { return hosts }
    for first in hosts.indices {
      for second in hosts.indices.dropFirst(first + 1) { graph.join(hosts[first], hosts[second], link) }
    }
    return hosts
  }

  /// Switches are spread evenly over the sockets, as GPUs are where there are none.
  private func socket(of gpu: Int, _ cluster: ClusterDescription) -> Int {
    let size = cluster.host.gpusPerSwitch ?? 1
    let groups = (cluster.gpusPerNode + size - 1) / size
    return gpu / size * cluster.host.sockets / groups
  }

  private mutating func joinDirectly(_ cluster: ClusterDescription, _ hosts: [Int]) {
    for gpu in 0..<cluster.gpusPerNode { graph.join(gpu, hosts[socket(of: gpu, cluster)], cluster.host.gpuLink) }
    for nic in nics.indices {
      graph.join(nics[nic], hosts[socket(of: firstGPU(of: nic, cluster), cluster)], cluster.host.nicLink)
    }
  }

  /// Where PCIe devices cannot reach each other, a switch is two vertices: one leads up to the socket, one down from it.
  private mutating func joinOverSwitches(_ cluster: ClusterDescription, _ perSwitch: Int, _ hosts: [Int]) {
    let host = cluster.host
    let switches = stride(from: 0, to: cluster.gpusPerNode, by: perSwitch).map { gpu in
      let up = graph.add(.pcieSwitch, gpu / perSwitch)
      let down = host.peerToPeer ? up : graph.add(.pcieSwitch, gpu / perSwitch)
      graph.join(from: hosts[socket(of: gpu, cluster)], to: down, andBackFrom: up, host.gpuLink)
      return (up: up, down: down)
    }
    for gpu in 0..<cluster.gpusPerNode {
      let way = switches[gpu / perSwitch]
      graph.join(from: gpu, to: way.up, andBackFrom: way.down, host.gpuLink)
    }
    for nic in nics.indices {
      let way = switches[firstGPU(of: nic, cluster) / perSwitch]
      graph.join(from: nics[nic], to: way.up, andBackFrom: way.down, host.nicLink)
    }
  }

  /// A card sits next to the first GPU that sends through it.
  private func firstGPU(of nic: Int, _ cluster: ClusterDescription) -> Int {
    (nic * cluster.gpusPerNode + nics.count - 1) / nics.count
  }

  private mutating func joinGPUs(_ cluster: ClusterDescription) {
    guard let link = cluster.nodeFabric.link else { return }
    for pair in cluster.nodeFabric.pairs(gpus: cluster.gpusPerNode) {
      graph.join(pair.first, pair.second, link.lanes(pair.links))
    }
  }
}
