import Cluster
import Testing

/// A cluster file that breaks a rule is refused with file, key, value, reason and a way out.
@Suite struct ClusterRefusalTests {
  private static let sound = """
    name: Own
    gpu: H100
    gpus_per_node: 8
    nodes: 4
    node_fabric:
      type: nvswitch
      link: NVLink 4
    host:
      memory: 1 TiB
      memory_bandwidth: 300 GB/s
      gpu_link: PCIe 5.0 x16
      sockets: 1
    network:
      nics_per_node: 8
      link: InfiniBand NDR
      fabric:
        type: fat_tree
        nodes_per_leaf: 2
    """

  @Test func `the sound file is read`() throws {
    let cluster = try ClusterFiles.read(yaml: Self.sound)
    #expect((cluster.name, cluster.gpus, cluster.host.peerToPeer) == ("Own", 32, true))
  }

  @Test(arguments: [
    ("gpu: H100", "gpu: H1000", "own.yaml:2: gpu 'H1000' is no GPU of the catalogue"),
    ("nodes: 4", "nodes: 0", "own.yaml:4: nodes '0' is not a whole number of at least 1"),
    ("nodes: 4", "nodes: four", "own.yaml:4: nodes 'four' is not a whole number of at least 1"),
    ("nodes: 4\n", "", "own.yaml: nodes is missing; write it like 'nodes: 4'"),
    ("name: Own", "name:", "own.yaml:1: name has no value, or more than one"),
    (
      "type: nvswitch", "type: nvswich",
      "own.yaml:6: node_fabric.type 'nvswich' is none that is known; did you mean nvswitch?"
    ),
    (
      "link: NVLink 4", "link: NVLink 44",
      "own.yaml:7: node_fabric.link 'NVLink 44' is no link of the catalogue; did you mean NVLink 4?"
    ),
    (
      "link: NVLink 4", "link: PCIe 5", "own.yaml:7: node_fabric.link 'PCIe 5' is of kind pcie; possible here: NVLink 1"
    ),
    ("link: NVLink 4", "link: NVLink 4\n  pairs: []", "own.yaml:8: node_fabric.pairs is not a key here"),
    ("memory: 1 TiB", "memory: 1024", "own.yaml:9: host.memory '1024' has no unit; write it like '25 MiB'"),
    (
      "memory_bandwidth: 300 GB/s", "memory_bandwidth: 300",
      "own.yaml:10: host.memory_bandwidth '300' has no unit; write it like '900 GB/s'"
    ),
    ("300 GB/s", "0 GB/s", "own.yaml:10: host.memory_bandwidth '0 GB/s' is not above zero"),
    (
      "  memory_bandwidth: 300 GB/s\n", "",
      "own.yaml:9: host.memory_bandwidth is missing; write it like 'memory_bandwidth: 600 GB/s'"
    ),
    ("sockets: 1", "sockets: 2", "own.yaml:9: host.socket_link is missing; write it like 'socket_link: UPI 16 x4'"),
    (
      "sockets: 1", "sockets: 1\n  peer_to_peer: maybe",
      "own.yaml:13: host.peer_to_peer 'maybe' is neither true nor false"
    ),
    (
      "nics_per_node: 8", "nics_per_node: 32",
      "own.yaml:14: network.nics_per_node '32' is more than the node's GPUs; describe"
    ),
    (
      "type: fat_tree", "type: tree",
      "own.yaml:17: network.fabric.type 'tree' is none that is known; known: rail_optimised, fat"
    ),
    (
      "nodes_per_leaf: 2", "nodes_per_leaf: 2\n    oversubscription: 0.5",
      "own.yaml:19: network.fabric.oversubscription '0.5' is not a"
    ),
    (
      "nodes_per_leaf: 2", "nodes_per_leaf: 2\n    nodes_per_pod: 3",
      "own.yaml:19: network.fabric.nodes_per_pod '3' does not hold"
    ),
    (
      "nodes_per_leaf: 2", "nodes_per_leaf: 2\n    pod_oversubscription: 3",
      "own.yaml:17: network.fabric.nodes_per_pod is missing"
    ),
    ("name: Own", "name: [", "own.yaml: line "),
  ])
  func `a fault is named`(_ old: String, new: String, expected: String) {
    let error = #expect(throws: ClusterErrors.self) {
      try ClusterFiles.read(yaml: Self.sound.replacing(old, with: new))
    }
    #expect(error?.errors.count == 1)
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }

  @Test func `all faults of a file are named at once`() {
    let broken = Self.sound.replacing("nodes: 4", with: "nodes: -1").replacing("1 TiB", with: "much")
      .replacing("NVLink 4", with: "rope").replacing("fat_tree", with: "fat_three")
    let error = #expect(throws: ClusterErrors.self) { try ClusterFiles.read(yaml: broken) }
    #expect(error?.errors.map(\.key) == ["nodes", "node_fabric.link", "host.memory", "network.fabric.type"])
  }

  @Test func `a mistyped key is named with the one that was meant, which is missing`() {
    let error = #expect(throws: ClusterErrors.self) {
      try ClusterFiles.read(yaml: Self.sound.replacing("nodes: 4", with: "node: 4"))
    }
    let lines = [
      "own.yaml:4: node is not a key here; did you mean nodes?",
      "own.yaml: nodes is missing; write it like 'nodes: 4'",
    ]
    #expect(error?.errors.map(\.description) == lines)
  }

  private func replacingFabric(_ yaml: String) throws(ClusterErrors) -> ClusterDescription {
    let network = Self.sound.replacing("type: fat_tree\n    nodes_per_leaf: 2", with: yaml)
    return try ClusterFiles.read(yaml: network)
  }

  @Test func `a torus has as many places as there are nodes, and a dragonfly at least as many`() throws {
    #expect(try replacingFabric("type: torus\n    dimensions: [2, 2]").gpus == 32)
    let torus = #expect(throws: ClusterErrors.self) { try replacingFabric("type: torus\n    dimensions: [2, 3]") }
    #expect(torus?.description.contains("nodes '4' gives 4 nodes, but the torus has 6; make nodes") == true)
    let dragonfly = "type: dragonfly\n    nodes_per_router: 1\n    routers_per_group: 1\n    global_links_per_router: 2"
    let few = #expect(throws: ClusterErrors.self) { try replacingFabric(dragonfly) }
    #expect(few?.description.contains("gives 4 nodes to a dragonfly of at most 3") == true)
  }

  @Test(arguments: [
    ("[[0, 8, 1]]", "'[0, 8, 1]' names a GPU beyond the node's; GPUs are 0 to 7"),
    ("[[0, 1, 1], [1, 0, 1]]", "'[1, 0, 1]' joins no two GPUs"), ("[[3, 3, 1]]", "'[3, 3, 1]' joins no two GPUs"),
    ("[[0, 1, 18], [0, 2, 1]]", "gives GPU 0 19 links; H100 SXM5 80GB has 18 of NVLink 4"),
    ("[[0, 1]]", "holds what is no pair; write [GPU, GPU, number of links]"),
    ("[]", "is not a list with something in it; write it like"),
  ])
  func `pairs of GPUs are checked`(_ pairs: String, expected: String) {
    let mesh = Self.sound.replacing("type: nvswitch", with: "type: cube_mesh\n  pairs: \(pairs)")
    let error = #expect(throws: ClusterErrors.self) { try ClusterFiles.read(yaml: mesh) }
    #expect(error?.description.contains("node_fabric.pairs \(expected)") == true, "\(error?.description ?? "")")
  }

  @Test func `NVLink needs a GPU that has it, and several nodes need a network`() {
    let error = #expect(throws: ClusterErrors.self) {
      try ClusterFiles.read(yaml: Self.sound.replacing("gpu: H100", with: "gpu: L40S"))
    }
    #expect(error?.description.contains("cannot be: L40S has no NVLink; use type: pcie") == true)
    let alone = String(Self.sound.prefix(upTo: Self.sound.firstRange(of: "network:")!.lowerBound))
    let missing = #expect(throws: ClusterErrors.self) { try ClusterFiles.read(yaml: alone) }
    #expect(missing?.description.contains("nodes '4' needs a network between 4 nodes; describe it") == true)
  }
}
