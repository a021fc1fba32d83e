import Cluster
import Testing

/// Reading one entry gives what reading all of them gives: the same value, or the same words.
@Suite struct LookupTests {
  private func slow(_ text: String) -> Result<GPU, GPUError> {
    do throws(GPUError) { return .success(try catalogue.gpu(named: text)) } catch { return .failure(error) }
  }

  private func fast(_ text: String) -> Result<GPU, GPUError> {
    do throws(GPUError) { return .success(try GPU.builtIn(named: text)) } catch { return .failure(error) }
  }

  @Test(arguments: catalogue.gpus)
  func `a GPU is the same, found alone or among all, by every name and alias`(_ gpu: GPU) throws {
    for name in [gpu.name] + gpu.aliases {
      #expect(try GPU.builtIn(named: name) == gpu)
      #expect(fast("NVIDIA \(name.uppercased())") == slow("NVIDIA \(name.uppercased())"))
    }
  }

  @Test(arguments: catalogue.gpus)
  func `names with a word missing or misspelt come out the same`(_ gpu: GPU) {
    for name in [gpu.name] + gpu.aliases {
      for text in [String(name.dropLast()), name + "0", name + " (remark)", String(name.split(separator: " ")[0])] {
        #expect(fast(text) == slow(text), "\(text)")
      }
    }
  }

  @Test(arguments: [
    "A1000", "RTX 4091", "RTX", "TITAN X", "MI300X", "NVIDIA", "", "Tesla", "100", "H100 SXM", "GTX 3090",
  ])
  func `a text that names none, or several, is refused in the same words`(_ text: String) {
    #expect(fast(text) == slow(text))
  }

  @Test func `a compute capability's limits are the same, read alone or among all`() throws {
    for (capability, limits) in try MultiprocessorLimits.builtIn() {
      #expect(try MultiprocessorLimits.builtIn(capability) == limits)
    }
    #expect(try MultiprocessorLimits.builtIn(ComputeCapability(8, 1)) == nil)
  }

  private static let sound = """
    name: Own
    gpu: H100
    gpus_per_node: 8
    nodes: 4
    node_fabric: {type: nvswitch, link: NVLink 4}
    host: {memory: 1 TiB, memory_bandwidth: 600 GB/s, gpu_link: PCIe 5.0 x16, sockets: 2, socket_link: UPI}
    network: {nics_per_node: 8, link: NDR, fabric: {type: fat_tree, nodes_per_leaf: 2}}
    """

  private func expectSame(_ yaml: String) {
    func result(_ read: () throws(ClusterErrors) -> ClusterDescription) -> Result<ClusterDescription, ClusterErrors> {
      do throws(ClusterErrors) { return .success(try read()) } catch { return .failure(error) }
    }
    let alone = result { () throws(ClusterErrors) in try ClusterDescription.read(yaml: yaml, file: "own.yaml") }
    #expect(alone == result { () throws(ClusterErrors) in try ClusterFiles.read(yaml: yaml) }, "\(yaml)")
  }

  @Test(arguments: linkCatalogue.links.flatMap { [$0.name] + $0.aliases } + ["NVLink 44", "rope", "nvlink-4", "IB"])
  func `a link is the same, or refused in the same words, wherever a cluster names it`(_ name: String) {
    for place in ["NVLink 4", "PCIe 5.0 x16", "UPI", "NDR"] { expectSame(Self.sound.replacing(place, with: name)) }
  }

  @Test(arguments: ClusterFiles.names)
  func `a cluster is the same, with all GPUs and links read or its own alone`(_ name: String) throws {
    expectSame(try ClusterFiles.text(name))
    expectSame(try ClusterFiles.text(name).replacing("gpu: ", with: "gpu: X"))
  }
}
