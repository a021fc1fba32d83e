import Cluster
import NetworkModel

extension LinkMesh {
  /// The direct links of a node's GPUs; none where switches, bridges or PCIe join them.
  init(_ fabric: NodeFabric, gpus: Int) {
    var links = Array(repeating: Array(repeating: 0, count: gpus), count: gpus)
    switch fabric {
    case .mesh(_, let pairs):
      for pair in pairs {
        links[pair.first][pair.second] += pair.links
        links[pair.second][pair.first] += pair.links
      }
    case .fullMesh(_, let linksPerPair):
      self = .full(gpus, linksPerPair: linksPerPair)
      return
    case .nvSwitch, .bridges, .pcie: break
    }
    self.init(links: links)
  }
}
