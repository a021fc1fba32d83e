/// Which ranks talk to one another: those that differ along one axis, along a part of one, or all.
package enum Scope: String, Hashable, Sendable, CaseIterable, Codable {
  case pipeline = "pp"
  case data = "dp"
  case expert = "ep"
  case context = "cp"
  case tensor = "tp"
  /// Data-parallel ranks that share one set of shards, where several sets exist (hybrid sharding, HSDP).
  case shard = "dp-shard"
  /// Data-parallel ranks that hold the same shard in different sets.
  case replicate = "dp-replicate"
  /// The ranks of the first and the last stage of one pipeline: they share a tied embedding.
  case ends = "pp-ends"
  case world

  package init(_ axis: Axis) {
    switch axis {
    case .pipeline: self = .pipeline
    case .data: self = .data
    case .expert: self = .expert
    case .context: self = .context
    case .tensor: self = .tensor
    }
  }
}

extension Mesh {
  /// The scope along which parameters are cut into shards.
  package var shardScope: Scope { shardSize == size(.data) ? .data : .shard }
  /// Sets of shards.
  package var replicas: Int { size(.data) / shardSize }

  /// The ranks that `rank` talks to in a scope, itself included, in the order of their coordinate.
  package func group(of rank: Int, in scope: Scope) -> [Int] {
    switch scope {
    case .pipeline: group(of: rank, along: .pipeline)
    case .data: group(of: rank, along: .data)
    case .expert: group(of: rank, along: .expert)
    case .context: group(of: rank, along: .context)
    case .tensor: group(of: rank, along: .tensor)
    case .shard: shardGroup(of: rank)
    case .replicate:
      group(of: rank, along: .data).filter {
        coordinate(of: $0, along: .data) % shardSize == coordinate(of: rank, along: .data) % shardSize
      }
    case .ends: ends(of: group(of: rank, along: .pipeline))
    case .world: Array(0..<count)
    }
  }

  private func shardGroup(of rank: Int) -> [Int] {
    let set = coordinate(of: rank, along: .data) / shardSize
    return Array(group(of: rank, along: .data)[set * shardSize..<(set + 1) * shardSize])
  }

  private func ends(of pipeline: [Int]) -> [Int] {
    pipeline.count > 1 ? [pipeline.first!, pipeline.last!] : pipeline
  }
}
