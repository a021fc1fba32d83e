package import Quantities

/// The shape and storage of a tensor; row-major, contiguous.
package struct TensorSpec: Hashable, Sendable, Codable {
  package var shape: [Int]
  package var type: ScalarType

  package init(_ shape: [Int], _ type: ScalarType) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative dimension in \(shape)")
    self.shape = shape
    self.type = type
  }

  package var count: Int { shape.reduce(1, *) }
  package var bytes: ByteCount { ByteCount(count, of: type) }
}

/// What memory is held for. Every byte on a device belongs to one of these.
package enum MemoryCategory: String, Hashable, Sendable, CaseIterable, Codable {
  case parameters, gradients
  case optimizer
  /// Optimizer state that lives in the host's memory instead of the device's.
  case offloaded
  case activations
  case communication
  case workspace
  case inputs
  case keyValueCache = "kv-cache"

  /// Among all categories.
  package var place: Int {
    switch self {
    case .parameters: 0
    case .gradients: 1
    case .optimizer: 2
    case .offloaded: 3
    case .activations: 4
    case .communication: 5
    case .workspace: 6
    case .inputs: 7
    case .keyValueCache: 8
    }
  }

  // The raw value's letters would be hashed, at every allocation.
  package func hash(into hasher: inout Hasher) { hasher.combine(place) }

  /// Whether the bytes lie on the device, and count towards its total.
  package var isOnDevice: Bool { self != .offloaded }
}

/// Where operations queue up. Operations of one stream run in order; streams overlap, on devices that can.
package enum Stream: String, Hashable, Sendable, CaseIterable, Codable {
  case compute
  /// Reductions of gradients, and gathers of parameters, over data-parallel ranks.
  case gradients, parameters
  /// Messages between stages.
  case pipeline
  /// Collectives of tensor and sequence parallelism.
  case tensor
  /// Work and copies of the host's own, for offloaded optimizer state.
  case host
}
