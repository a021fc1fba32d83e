import Cluster
import NetworkModel
import Quantities
import Testing
import Timing

@Suite struct ClusterInterconnectTests {
  /// Family, GPUs of a domain, GB/s of a GPU, then family and GB/s of a node's cards.
  @Test(arguments: [
    ("dgx-1v", "nvlink2", 8, 150.0, "infiniband", 50.0), ("dgx-2", "nvlink2", 16, 150, "infiniband", 100),
    ("dgx-a100-40", "nvlink3", 8, 300, "infiniband", 200), ("dgx-a100-80", "nvlink3", 8, 300, "infiniband", 200),
    ("ethernet-cluster", "pcie4", 2, 31.5, "ethernet", 1.25), ("gb200-nvl72", "nvlink5", 72, 900, "infiniband", 200),
    ("hgx-h100", "nvlink4", 8, 450, "infiniband", 400), ("hgx-h200", "nvlink4", 8, 450, "infiniband", 400),
    ("l40s-8", "pcie4", 8, 31.5, "roce", 50), ("rtx4090-pcie-4", "pcie4", 4, 31.5, "", 0),
    ("t4-cloud", "pcie3", 8, 15.75, "ethernet", 12.5), ("v100-cloud", "nvlink2", 8, 150, "ethernet", 12.5),
  ])
  func `every ready-made cluster has its links`(
    _ name: String, family: String, domain: Int, gigabytes: Double, network: String, cards: Double
  ) throws {
    let own = try ClusterInterconnect(ReadyMade.cluster(name), ReadyMade.constants)
    #expect(own.interconnect.link.family.rawValue == family)
    #expect(own.interconnect.link.domain == domain)
    #expect(own.interconnect.link.bandwidth == Bandwidth(gigabytes * 1e9))
    #expect(own.interconnect.network?.family.rawValue ?? "" == network)
    #expect((own.interconnect.network?.bandwidth.bytesPerSecond ?? 0) == cards * 1e9)
  }

  @Test func `no ready-made cluster is left out`() { #expect(ReadyMade.names.count == 12) }

  @Test func `constants that another link lends are named, those of one's own are not`() throws {
    let constants = ReadyMade.constants
    #expect(
      try ClusterInterconnect(ReadyMade.cluster("dgx-2"), constants).substitutions == ["NVLink 2: constants of nvlink3"]
    )
    #expect(try ClusterInterconnect(ReadyMade.cluster("hgx-h100"), constants).substitutions.isEmpty)
  }

  @Test func `the links of a DGX-1V are its cube mesh, and a bridge is what its lanes give`() throws {
    let mesh = try ClusterInterconnect(ReadyMade.cluster("dgx-1v"), ReadyMade.constants).interconnect.link.mesh
    #expect(mesh == .cubeMesh)
    let bridged = try ClusterInterconnect(ReadyMade.cluster("ethernet-cluster"), ReadyMade.constants)
    #expect(bridged.interconnect.bridge?.bandwidth == Bandwidth(56.25e9))
    #expect(bridged.host?.family == .pcie4)
  }

  @Test func `an H800 has its own links' bandwidth`() throws {
    var cluster = try ReadyMade.cluster("hgx-h100")
    cluster.gpu = try ReadyMade.gpus.gpu(named: "H800")
    let link = try ClusterInterconnect(cluster, ReadyMade.constants).interconnect.link
    #expect(link.bandwidth == Bandwidth(200e9))
  }

  @Test func `a link that is not modelled is refused by name, with those that are`() throws {
    var cluster = try ReadyMade.cluster("l40s-8")
    cluster.host.gpuLink = try #require(ReadyMade.links.link(named: "PCIe 6.0 x16"))
    let error = #expect(throws: NetworkError.self) { try ClusterInterconnect(cluster, ReadyMade.constants) }
    #expect(error?.description.contains("'PCIe 6.0 x16'") == true && error?.description.contains("pcie5") == true)
    cluster = try ReadyMade.cluster("hgx-h100")
    cluster.network?.link = try #require(ReadyMade.links.link(named: "NVLink 4"))
    #expect(throws: NetworkError.self) { try ClusterInterconnect(cluster, ReadyMade.constants) }
  }

  @Test func `a family that no constants can stand for is refused`() throws {
    let none = NetworkConstants(provenance: [], links: [:], networks: [:])
    #expect(throws: NetworkError.self) { try ClusterInterconnect(ReadyMade.cluster("hgx-h100"), none) }
  }
}
