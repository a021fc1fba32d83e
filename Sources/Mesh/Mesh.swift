/// A direction in which a model or its data is cut over ranks. An axis is of a mesh; a dimension is of a tensor.
package enum Axis: String, Hashable, Sendable, CaseIterable, Codable {
  case pipeline = "pp"
  case data = "dp"
  case expert = "ep"
  case context = "cp"
  case tensor = "tp"

  // The raw value's letters would be hashed, wherever a mesh is asked.
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .pipeline: hasher.combine(0)
    case .data: hasher.combine(1)
    case .expert: hasher.combine(2)
    case .context: hasher.combine(3)
    case .tensor: hasher.combine(4)
    }
  }
}

/// Ranks laid out on named axes: a pure value, without communicators.
///
/// The order lists the axes from the slowest to the fastest varying; the default is Megatron's, with tensor fastest.
package struct Mesh: Hashable, Sendable, Codable {
  package static let defaultOrder: [Axis] = [.pipeline, .data, .expert, .context, .tensor]

  package let order: [Axis]
  /// Data-parallel ranks that share one set of parameter shards: all of them, unless sharding is hybrid (HSDP).
  package let shardSize: Int
  private let sizes: [Axis: Int]

  package init(_ sizes: [Axis: Int] = [:], order: [Axis] = Mesh.defaultOrder, shardSize: Int? = nil) {
    precondition(
      Set(order) == Set(Axis.allCases) && order.count == Axis.allCases.count, "a mesh orders every axis once")
    precondition(sizes.values.allSatisfy { $0 > 0 }, "every axis has at least one rank: \(sizes)")
    self.order = order
    self.sizes = sizes
    self.shardSize = shardSize ?? sizes[.data] ?? 1
    precondition(
      self.shardSize > 0 && (sizes[.data] ?? 1).isMultiple(of: self.shardSize),
      "dp \(sizes[.data] ?? 1) does not divide into sets of \(self.shardSize)")
  }

  /// Ranks along one axis.
  package func size(_ axis: Axis) -> Int { sizes[axis] ?? 1 }

  /// Ranks in all.
  package var count: Int { order.reduce(1) { $0 * size($1) } }
}

extension Mesh {
  /// Where a rank stands on every axis.
  package func coordinates(of rank: Int) -> [Axis: Int] {
    precondition((0..<count).contains(rank), "rank \(rank) is not in a mesh of \(count)")
    var rest = rank
    var result: [Axis: Int] = [:]
    for axis in order.reversed() {
      result[axis] = rest % size(axis)
      rest /= size(axis)
    }
    return result
  }

  package func coordinate(of rank: Int, along axis: Axis) -> Int {
    precondition((0..<count).contains(rank), "rank \(rank) is not in a mesh of \(count)")
    let stride = order.reversed().prefix { $0 != axis }.reduce(1) { $0 * size($1) }
    return rank / stride % size(axis)
  }

  package func rank(at coordinates: [Axis: Int]) -> Int {
    order.reduce(0) { rank, axis in
      let place = coordinates[axis] ?? 0
      precondition((0..<size(axis)).contains(place), "\(axis.rawValue) \(place) is not in a mesh of \(self)")
      return rank * size(axis) + place
    }
  }

  /// The ranks that differ from this one along `axis` alone, in the order of their coordinate; the rank itself included.
  package func group(of rank: Int, along axis: Axis) -> [Int] {
    let stride = order.reversed().prefix { $0 != axis }.reduce(1) { $0 * size($1) }
    let first = rank - coordinate(of: rank, along: axis) * stride
    return (0..<size(axis)).map { first + $0 * stride }
  }
}

extension Mesh: CustomStringConvertible {
  package var description: String { order.map { "\($0.rawValue) \(size($0))" }.joined(separator: " × ") }

  /// `rank 3 [pp0 dp1 tp1]`: the axes that have more than one rank.
  package func describe(_ rank: Int) -> String {
    let place = coordinates(of: rank)
    let named = order.filter { size($0) > 1 }.map { "\($0.rawValue)\(place[$0]!)" }
    return named.isEmpty ? "rank \(rank)" : "rank \(rank) [\(named.joined(separator: " "))]"
  }
}
