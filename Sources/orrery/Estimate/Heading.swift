import Cluster
import Quantities

/// What a report is about: words, and what they stand for beside them.
struct Heading {
  let lines: [String]

  init(_ entries: [(word: String, meaning: String)], notes: [String] = []) {
    let width = 17
    lines =
      entries.map { $0.word + String(repeating: " ", count: max(1, width - $0.word.count)) + $0.meaning }
      + notes.flatMap { wrapped("note: \($0)") }
  }
}

extension ClusterDescription {
  /// Its nodes, and what joins them: `HGX H100: 8 nodes of 8 × H100 SXM5 80GB, NVLink 4, 8 × InfiniBand NDR a node`.
  var inWords: String {
    let count = nodes == 1 ? "1 node" : "\(grouped(nodes)) nodes"
    return "\(name): \(count) of \(gpusPerNode) × \(gpu.name), \(links)"
  }

  private var links: String {
    let inside = nodeFabric.link?.name ?? host.gpuLink.name
    guard let network, nodes > 1 else { return inside }
    return "\(inside), \(network.nicsPerNode) × \(network.link.name) a node"
  }
}
