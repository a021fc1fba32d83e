import Cluster
import Collectives
import Foundation
import NetworkModel
import Quantities
import Timing

/// The ready-made clusters of `configs/clusters`.
enum ReadyMade {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../configs/clusters").standardizedFileURL

  static let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()

  static let gpus = try! GPUCatalogue.builtIn()
  static let links = try! LinkCatalogue.builtIn()
  static let constants = try! NetworkConstants.builtIn()

  static func cluster(_ name: String, gpus wanted: Int? = nil) throws -> ClusterDescription {
    let text = try String(contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
    let cluster = try ClusterDescription.read(yaml: text, file: name, gpus: gpus, links: links)
    return try wanted.map { try cluster.resized(gpus: $0) } ?? cluster
  }

  static func simulation(_ name: String, gpus: Int) throws -> CollectiveSimulation {
    CollectiveSimulation(Topology(try cluster(name, gpus: gpus)))
  }
}

/// How a collective is carried out over ranks, for `bytes` of fp32.
enum Way: String, CaseIterable, Sendable {
  case ring, recursive, tree, chain, hierarchical, pairwise

  func pattern(ranks: Int, perNode: Int, bytes: Int) -> MessagePattern {
    let count = bytes / 4
    func schedule(_ algorithm: CollectiveAlgorithm, _ kind: CollectiveKind = .allReduce) -> MessagePattern {
      MessagePattern(CollectiveSchedule(kind, algorithm: algorithm, ranks: ranks, count: count), of: .float32)
    }
    let (local, nodes) = (min(perNode, ranks), max(1, ranks / perNode))
    return switch self {
    case .ring: schedule(.ring)
    case .recursive: schedule(.recursive)
    case .tree: schedule(.tree)
    case .chain: schedule(.ring, .broadcast)
    case .hierarchical:
      MessagePattern(HierarchicalAllReduce(ranksPerNode: local, nodes: nodes, count: count), of: .float32)
    case .pairwise: MessagePattern(PairwiseAllToAll(ranks: ranks, block: count / ranks), of: .float32)
    }
  }
}
