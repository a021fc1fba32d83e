import Cluster
import Testing

@Suite struct ClusterResizingTests {
  @Test(arguments: [(1, 1), (8, 1), (16, 2), (1024, 128), (16_384, 2048)])
  func `as many nodes as the GPUs fill, and one at least`(_ gpus: Int, nodes: Int) throws {
    #expect(try ClusterFiles.read("hgx-h100.yaml").resized(gpus: gpus).nodes == nodes)
  }

  @Test func `a count that leaves GPUs of a node unused is refused with the nearest that do not`() throws {
    let cluster = try ClusterFiles.read("hgx-h100.yaml")
    let error = #expect(throws: ClusterError.self) { try cluster.resized(gpus: 20) }
    #expect(error?.description == "HGX H100: --gpus '20' does not fill nodes of 8 GPUs; use 16 or 24")
    #expect(throws: ClusterError.self) { try cluster.resized(gpus: 0) }
  }

  @Test func `a machine without a network does not grow`() throws {
    let error = #expect(throws: ClusterError.self) { try ClusterFiles.read("rtx4090-pcie-4.yaml").resized(gpus: 8) }
    #expect(error?.description.contains("--gpus '8' needs a network between 2 nodes") == true)
  }

  @Test(arguments: [
    (16, [8, 2, 1], [8, 2, 1]), (64, [1, 1, 16], [4, 4, 4]), (128, [4, 4], [16, 8]), (7, [2, 2], [7, 1]),
  ])
  func `a torus keeps its number of dimensions`(_ nodes: Int, old: [Int], expected: [Int]) throws {
    var cluster = try ClusterFiles.read("hgx-h100.yaml")
    cluster.network?.fabric = .torus(old, linksPerDirection: 1)
    #expect(try cluster.resized(gpus: 8 * nodes).network?.fabric == .torus(expected, linksPerDirection: 1))
  }
}
