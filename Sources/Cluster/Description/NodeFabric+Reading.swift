import Quantities
import Yams

extension NodeFabric {
  private enum Word: String, CaseIterable {
    case nvswitch
    case cubeMesh = "cube_mesh"
    case fullMesh = "full_mesh"
    case bridges, pcie

    var keys: [String] {
      switch self {
      case .nvswitch: ["type", "link", "in_network_reduction", "nodes_per_domain"]
      case .cubeMesh, .bridges: ["type", "link", "pairs"]
      case .fullMesh: ["type", "link", "links_per_pair"]
      case .pcie: ["type"]
      }
    }
  }

  /// - Parameters: what else the file says: nil where that could not be read, and checks against it are left out.
  static func read(
    _ parent: ClusterFields, _ gpusPerNode: Int?, _ gpu: GPU?, _ links: any LinkSource
  ) -> NodeFabric? {
    guard let fields = parent.fields("node_fabric", like: "{type: nvswitch, link: NVLink 4}"),
      let word: Word = fields.choice("type", like: "nvswitch")
    else { return nil }
    fields.refuseUnknown(word.keys)
    guard word != .pcie else { return .pcie }
    guard let link = fields.link("link", like: "NVLink 4", of: [.nvlink], links) else { return nil }
    if let gpu, gpu.nvlink == nil {
      fields.refuse("link", value: link.name, Complaint("cannot be: \(gpu.name) has no NVLink", hint: "use type: pcie"))
    }
    let fabric = NodeFabric(word, link, fields)
    if let fabric, let gpusPerNode, let gpu { fabric.check(link, gpusPerNode, gpu, fields) }
    return fabric
  }

  private init?(_ word: Word, _ link: Link, _ fields: ClusterFields) {
    switch word {
    case .nvswitch:
      let domain = fields.has("nodes_per_domain") ? fields.optionalInteger("nodes_per_domain") : 1
      let reduces = fields.flag("in_network_reduction", assumed: false)
      guard let domain else { return nil }
      self = .nvSwitch(link, reduces: reduces, nodesPerDomain: domain)
    case .cubeMesh: self = .mesh(link, Self.pairs(fields))
    case .bridges: self = .bridges(link, Self.pairs(fields))
    case .fullMesh:
      guard let links = fields.integer("links_per_pair", like: "4") else { return nil }
      self = .fullMesh(link, linksPerPair: links)
    case .pcie: self = .pcie
    }
  }

  private static func pairs(_ fields: ClusterFields) -> [GPUPair] {
    fields.elements("pairs", like: "[[0, 1, 4], [2, 3, 4]]").compactMap { element in
      let numbers = fields.integers("pairs", element.sequence.map(Array.init) ?? [], atLeast: 0)
      guard numbers.count == 3 else {
        fields.refuse("pairs", Complaint("holds what is no pair", hint: "write [GPU, GPU, number of links]"))
        return nil
      }
      return GPUPair(numbers[0], numbers[1], links: numbers[2])
    }
  }

  /// No pair twice, none of one GPU, and no more links than a GPU has.
  private func check(_ link: Link, _ gpus: Int, _ gpu: GPU, _ fields: ClusterFields) {
    let key = if case .fullMesh = self { "links_per_pair" } else { "pairs" }
    var used: [Int: Int] = [:]
    var seen: Set<Set<Int>> = []
    for pair in pairs(gpus: gpus) {
      let value = "[\(pair.first), \(pair.second), \(pair.links)]"
      if max(pair.first, pair.second) >= gpus {
        fields.refuse(key, value: value, Complaint("names a GPU beyond the node's", hint: "GPUs are 0 to \(gpus - 1)"))
      } else if pair.first == pair.second || pair.links < 1 || !seen.insert([pair.first, pair.second]).inserted {
        let hint = "write every two GPUs once, with at least one link"
        fields.refuse(key, value: value, Complaint("joins no two GPUs, or those of another pair", hint: hint))
      }
      for gpu in [pair.first, pair.second] { used[gpu, default: 0] += pair.links }
    }
    let most = Self.mostLinks(link, gpu)
    if let (index, links) = used.filter({ $0.value > most }).min(by: { $0.key < $1.key }) {
      let reason = "gives GPU \(index) \(links) links; \(gpu.name) has \(most) of \(link.name)"
      fields.refuse(key, Complaint(reason, hint: "lower the number of links"))
    }
  }

  /// The links that a GPU has, by the bandwidth that its data sheet gives it.
  private static func mostLinks(_ link: Link, _ gpu: GPU) -> Int {
    let own = (gpu.nvlink?.bytesPerSecond ?? 0) / 2 / link.lanes(1).bandwidth.bytesPerSecond
    return min(link.count, Int(own + 0.01))
  }
}
