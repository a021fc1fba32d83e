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
