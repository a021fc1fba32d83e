import Quantities

/// A GPU cluster, as a file of `configs/clusters` describes it: nodes that are all alike, and what joins them.
package struct ClusterDescription: Hashable, Sendable {
  package var name: String
  package var gpu: GPU
  package var gpusPerNode, nodes: Int
  package var nodeFabric: NodeFabric
  package var host: HostDescription
  /// Nil where nothing leaves a node, or an NVLink domain.
  package var network: NetworkDescription?

  package init(
    name: String, gpu: GPU, gpusPerNode: Int, nodes: Int, nodeFabric: NodeFabric, host: HostDescription,
    network: NetworkDescription?
  ) {
    (self.name, self.gpu, self.gpusPerNode, self.nodes) = (name, gpu, gpusPerNode, nodes)
    (self.nodeFabric, self.host, self.network) = (nodeFabric, host, network)
  }

  package var gpus: Int { nodes * gpusPerNode }

  /// Of a link to a switch, what the GPU has of it: an H800 has fewer links than an H100.
  func ownShare(of link: Link) -> Link {
    guard let own = gpu.nvlink else { return link }
    return link.times(min(1, own.bytesPerSecond / 2 / link.bandwidth.bytesPerSecond))
  }

  /// Which card of its node a GPU sends through: card i for GPU i where there is one for each, else GPUs share in order.
  package func nic(ofGPU gpu: Int) -> Int { gpu * (network?.nicsPerNode ?? 0) / gpusPerNode }
}
