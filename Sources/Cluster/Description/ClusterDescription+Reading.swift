import Quantities

/// Where the names of a file are looked up.
struct Catalogues {
  let gpus: any GPUSource
  let links: any LinkSource
}

extension ClusterDescription {
  private static let keys = ["name", "gpu", "gpus_per_node", "nodes", "node_fabric", "host", "network"]

  /// Reads a file of `configs/clusters`: GPUs and links by their names, quantities with their units.
  ///
  /// - Errors: all that can be found at once, each with file, line, key, value, reason and a way out.
  package static func read(
    yaml: String, file: String, gpus: GPUCatalogue, links: LinkCatalogue
  ) throws(ClusterErrors) -> ClusterDescription {
    try read(yaml: yaml, file: file, Catalogues(gpus: gpus, links: links))
  }

  /// The same with the built-in GPUs and links, of which it parses those that the file names.
  ///
  /// - Errors: the same ones.
  package static func read(yaml: String, file: String) throws(ClusterErrors) -> ClusterDescription {
    try read(yaml: yaml, file: file, Catalogues(gpus: BuiltInGPUs(), links: BuiltInLinks()))
  }

  private static func read(
    yaml: String, file: String, _ known: Catalogues
  ) throws(ClusterErrors) -> ClusterDescription {
    let log = MistakeLog(file: file)
    let fields = ClusterFields(yaml: yaml, log: log)
    return try log.finish(fields.flatMap { ClusterDescription($0, known) })
  }

  private init?(_ fields: ClusterFields, _ known: Catalogues) {
    fields.refuseUnknown(Self.keys)
    let name = fields.text("name", like: "DGX H100")
    let gpu = fields.value("gpu", like: "H100") { text throws(Complaint) in try known.gpu(text) }
    let gpusPerNode = fields.integer("gpus_per_node", like: "8", atMost: 256)
    let nodes = fields.integer("nodes", like: "4")
    let fabric = NodeFabric.read(fields, gpusPerNode, gpu, known.links)
    let host = HostDescription.read(fields, known.links)
    let network = NetworkDescription.read(fields, gpusPerNode, known.links)
    guard let name, let gpu, let gpusPerNode, let nodes, let fabric, let host, fields.log.errors.isEmpty else {
      return nil
    }
    self.init(
      name: name, gpu: gpu, gpusPerNode: gpusPerNode, nodes: nodes, nodeFabric: fabric, host: host, network: network)
    if let networkComplaint { fields.refuse("nodes", value: String(nodes), networkComplaint) }
  }
}

extension Catalogues {
  func gpu(_ text: String) throws(Complaint) -> GPU {
    do throws(GPUError) { return try gpus.gpu(named: text) } catch {
      let quoted = "'\(text)' "
      let words = error.description
      throw Complaint(words.hasPrefix(quoted) ? String(words.dropFirst(quoted.count)) : words)
    }
  }
}

extension ClusterFields {
  /// A link by its name; a missing key is a mistake.
  func link(_ key: String, like example: String, of kinds: Set<Link.Kind>, _ links: any LinkSource) -> Link? {
    value(key, like: example) { text throws(Complaint) in try links.link(named: text, of: kinds) }
  }

  func optionalLink(_ key: String, of kinds: Set<Link.Kind>, _ links: any LinkSource) -> Link? {
    optional(key) { text throws(Complaint) in try links.link(named: text, of: kinds) }
  }
}

extension HostDescription {
  private static let keys = [
    "memory", "memory_bandwidth", "gpu_link", "nic_link", "sockets", "socket_link", "gpus_per_switch", "peer_to_peer",
  ]

  static func read(_ parent: ClusterFields, _ links: any LinkSource) -> HostDescription? {
    let example = "{memory: 2 TiB, memory_bandwidth: 300 GB/s, gpu_link: PCIe 5.0 x16, sockets: 1}"
    guard let fields = parent.fields("host", like: example) else { return nil }
    fields.refuseUnknown(keys)
    let memory = fields.quantity("memory", like: "2 TiB", ByteCount.init(parsing:))
    let bandwidth = fields.quantity("memory_bandwidth", like: "600 GB/s", Bandwidth.init(parsing:))
    let gpuLink = fields.link("gpu_link", like: "PCIe 5.0 x16", of: [.pcie, .c2c], links)
    let nicLink = fields.optionalLink("nic_link", of: [.pcie], links)
    let sockets = fields.integer("sockets", like: "2", atMost: 64)
    let socketLink = fields.optionalLink("socket_link", of: [.socket], links)
    let perSwitch = fields.optionalInteger("gpus_per_switch")
    let peerToPeer = fields.flag("peer_to_peer", assumed: true)
    if let sockets, sockets > 1, !fields.has("socket_link") {
      fields.refuse("socket_link", fields.missing("socket_link", "UPI 16 x4"))
    }
    guard let memory, let bandwidth, let gpuLink, let sockets else { return nil }
    return HostDescription(
      memory: memory, memoryBandwidth: bandwidth, gpuLink: gpuLink, nicLink: nicLink ?? gpuLink, sockets: sockets,
      socketLink: socketLink, gpusPerSwitch: perSwitch, peerToPeer: peerToPeer)
  }
}
