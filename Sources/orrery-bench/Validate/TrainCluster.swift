import Cluster
import Measurements
import Quantities

/// The cluster of a measured row: its GPU in that GPU's usual node, with the links that the row names.
struct TrainCluster {
  private let gpus: GPUCatalogue
  private let links: LinkCatalogue

  typealias Refusal = StepMeasurement.Refusal

  init() throws { (gpus, links) = (try GPUCatalogue.builtIn(), try LinkCatalogue.builtIn()) }

  /// - Errors: `Refusal` for a GPU or links that the catalogue does not have, or more GPUs than the network joins.
  func cluster(_ sample: StepSample) throws(Refusal) -> ClusterDescription {
    let row = sample.configuration
    let gpu = try gpu(sample)
    do {
      var cluster = try ClusterDescription.builtIn(named: Self.usualNode(of: gpu, sample.gpusPerNode))
      cluster.gpu = gpu
      try setNode(of: &cluster, sample)
      try setNetwork(of: &cluster, sample)
      return try cluster.holding(gpus: row.gpus ?? 1)
    } catch let refusal as Refusal { throw refusal } catch { throw row.refusal("\(error)") }
  }

  private func gpu(_ sample: StepSample) throws(Refusal) -> GPU {
    let row = sample.configuration
    do { return try gpus.gpu(named: row.gpuName, inClass: sample.gpuClass) } catch {
      throw row.refusal(error.description)
    }
  }

  /// The built-in cluster whose nodes GPUs of this generation are mostly sold in.
  private static func usualNode(of gpu: GPU, _ gpusPerNode: Int?) -> String {
    guard gpu.nvlink != nil, !gpu.name.contains("PCIe") else { return "l40s-8" }
    switch gpu.generation {
    case .volta, .pascal: return gpusPerNode == 16 ? "dgx-2" : "dgx-1v"
    case .ampere: return gpu.memory.value < 60 << 30 ? "dgx-a100-40" : "dgx-a100-80"
    case .hopper: return gpu.name.contains("H200") ? "hgx-h200" : "hgx-h100"
    case .blackwell: return gpu.name.hasPrefix("GB") ? "gb200-nvl72" : "hgx-h200"
    case .fermi, .kepler, .maxwell, .turing, .ampereGA10x, .ada, .blackwellGB20x: return "l40s-8"
    }
  }

  /// GPUs of a node, and between them the generation's own links.
  private func setNode(of cluster: inout ClusterDescription, _ sample: StepSample) throws(Refusal) {
    if let count = sample.gpusPerNode, count != cluster.gpusPerNode {
      if case .mesh = cluster.nodeFabric {
        throw sample.configuration.refusal("nodes of \(count) \(cluster.gpu.name) have no known mesh of links")
      }
      cluster.gpusPerNode = count
      if let cards = cluster.network?.nicsPerNode { cluster.network!.nicsPerNode = min(cards, count) }
    }
    guard case .nvSwitch(let link, let reduces, let domain) = cluster.nodeFabric, cluster.gpu.generation == .blackwell,
      link.name != "NVLink 5", let own = links.link(named: "NVLink 5")
    else { return }
    cluster.nodeFabric = .nvSwitch(own, reduces: reduces, nodesPerDomain: domain)
  }

  private func setNetwork(of cluster: inout ClusterDescription, _ sample: StepSample) throws(Refusal) {
    let stated = TrainNetwork(sample.interconnect, gpusPerNode: cluster.gpusPerNode)
    guard let name = stated.linkName, let cards = stated.cards, cluster.network != nil else { return }
    guard let link = links.link(named: name) else {
      throw sample.configuration.refusal("interconnect '\(sample.interconnect)': \(name) is no link of the catalogue")
    }
    cluster.network!.link = link
    cluster.network!.nicsPerNode = min(cards, cluster.gpusPerNode)
  }
}
