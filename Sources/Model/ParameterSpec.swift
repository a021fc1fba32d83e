package import Mesh

/// How a parameter begins: from the seed and its logical name alone, never from the layout.
package enum Initialization: Hashable, Sendable {
  case normal(deviation: Double)
  case constant(Double)
}

/// One logical parameter, under the name that Hugging Face's files use.
package struct ParameterSpec: Hashable, Sendable {
  package var name: String
  /// The whole parameter's, whatever part of it a rank holds.
  package var shape: [Int]
  package var initialization: Initialization
  /// Whether weight decay applies: to matrices, not to biases and norms.
  package var decays: Bool
  package var sharding: Sharding

  package init(
    _ name: String, _ shape: [Int], _ initialization: Initialization, decays: Bool, sharding: Sharding = .replicated
  ) {
    (self.name, self.shape, self.initialization) = (name, shape, initialization)
    (self.decays, self.sharding) = (decays, sharding)
  }

  /// Values of the whole parameter.
  package var count: Int { shape.reduce(1, *) }
}

/// Values that lie side by side both in the whole parameter and in a rank's part of it.
package struct ParameterRun: Hashable, Sendable {
  /// The first value's index in the rank's part, and in the whole parameter.
  package var local, logical: Int
  package var count: Int
}

extension ParameterSpec {
  /// What one rank of a partition holds, run by run.
  package func runs(_ partition: TensorPartition) -> [ParameterRun] {
    guard case .sharded(let dimension, .tensor, let sections) = sharding, partition.size > 1 else {
      return [ParameterRun(local: 0, logical: 0, count: count)]
    }
    let outer = shape[..<dimension].reduce(1, *)
    let inner = shape[(dimension + 1)...].reduce(1, *)
    let section = shape[dimension] / sections
    let part = partition.part(of: section)
    return (0..<outer * sections).filter { _ in !part.isEmpty }.map { piece in
      ParameterRun(
        local: piece * part.count * inner, logical: (piece * section + part.lowerBound) * inner,
        count: part.count * inner)
    }
  }

  /// Values that one rank of a partition holds.
  package func localCount(_ partition: TensorPartition) -> Int {
    guard case .sharded(let dimension, .tensor, let sections) = sharding else { return count }
    return count / shape[dimension] * sections * partition.part(of: shape[dimension] / sections).count
  }
}
