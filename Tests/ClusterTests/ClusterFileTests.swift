import Cluster
import Foundation
import Quantities
import Testing

/// The files of `configs/clusters`.
enum ClusterFiles {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../configs/clusters").standardizedFileURL

  static let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    .filter { $0.hasSuffix(".yaml") }.sorted()

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  static func read(_ name: String) throws -> ClusterDescription {
    try read(yaml: text(name), name)
  }

  static func read(yaml: String, _ name: String = "own.yaml") throws(ClusterErrors) -> ClusterDescription {
    try ClusterDescription.read(yaml: yaml, file: name, gpus: catalogue, links: linkCatalogue)
  }
}

@Suite struct ClusterFileTests {
  @Test(arguments: [
    ("dgx-1v", 8), ("dgx-2", 16), ("dgx-a100-40", 8), ("dgx-a100-80", 8), ("hgx-h100", 8), ("hgx-h200", 8),
    ("gb200-nvl72", 4), ("rtx4090-pcie-4", 4), ("l40s-8", 8), ("t4-cloud", 8), ("v100-cloud", 8),
    ("ethernet-cluster", 2),
  ])
  func `every ready-made cluster reads`(_ name: String, gpusPerNode: Int) throws {
    let cluster = try ClusterFiles.read("\(name).yaml")
    #expect(cluster.gpusPerNode == gpusPerNode)
    #expect(cluster.gpus == cluster.nodes * gpusPerNode)
  }

  @Test func `no file of the folder is left out`() { #expect(ClusterFiles.names.count == 12) }

  @Test(arguments: ClusterFiles.names)
  func `every file reads, names itself once, and says where its figures come from`(_ name: String) throws {
    let cluster = try ClusterFiles.read(name)
    let others = try ClusterFiles.names.filter { $0 != name }.map { try ClusterFiles.read($0).name }
    #expect(!others.contains(cluster.name))
    #expect(try ClusterFiles.text(name).contains(/interconnects\.csv|from memory/))
  }

  @Test func `an HGX H100 has a 400 Gbit/s card for each GPU and adds up in its switches`() throws {
    let cluster = try ClusterFiles.read("hgx-h100.yaml")
    #expect(cluster.gpu.name == "H100 SXM5 80GB")
    #expect(cluster.nodeFabric.link?.bandwidth == Bandwidth(450e9))
    #expect(cluster.nodeFabric.reducesInSwitch)
    #expect(cluster.network?.nicsPerNode == 8)
    #expect(cluster.network?.link.bandwidth == Bandwidth(50e9))
    #expect((0..<8).map(cluster.nic) == Array(0..<8))
  }

  @Test(arguments: [
    ("dgx-1v", 76.8), ("dgx-2", 128), ("v100-cloud", 128), ("t4-cloud", 140.8), ("dgx-a100-40", 204.8),
    ("dgx-a100-80", 204.8), ("ethernet-cluster", 51.2), ("rtx4090-pcie-4", 204.8), ("l40s-8", 307.2),
    ("hgx-h100", 307.2), ("hgx-h200", 307.2), ("gb200-nvl72", 500),
  ])
  func `a host's memory is as fast as its CPUs' data sheets say, all sockets together`(
    _ name: String, socket: Double
  ) throws {
    let host = try ClusterFiles.read("\(name).yaml").host
    #expect(abs(host.memoryBandwidth.bytesPerSecond / (socket * 1e9 * Double(host.sockets)) - 1) < 1e-9)
  }

  @Test func `a rack of GB200 is one NVLink domain of 72 GPUs`() throws {
    let cluster = try ClusterFiles.read("gb200-nvl72.yaml")
    #expect(cluster.nodeFabric.nodesPerDomain * cluster.gpusPerNode == 72)
    #expect(cluster.host.gpuLink.kind == .c2c)
  }

  @Test func `GPUs share cards in order where there are fewer`() throws {
    #expect(try (0..<8).map(ClusterFiles.read("dgx-1v.yaml").nic) == [0, 0, 1, 1, 2, 2, 3, 3])
  }
}
