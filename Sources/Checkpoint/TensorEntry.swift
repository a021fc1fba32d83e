package import Quantities

/// A tensor as a file describes it, before it has a place there.
package struct StoredTensor: Hashable, Sendable {
  package var name: String
  package var type: StoredType
  package var shape: [Int]

  package init(_ name: String, _ type: StoredType, _ shape: [Int]) {
    (self.name, self.type, self.shape) = (name, type, shape)
  }

  /// The bytes of all its scalars; shape `[]` is one scalar, a zero in the shape is none.
  package var byteCount: ByteCount {
    guard let bytes = byteSize(of: shape, type) else {
      preconditionFailure("tensor '\(name)': shape \(shape) of \(type.rawValue) has no size in bytes")
    }
    return ByteCount(bytes)
  }
}

/// A tensor in a file, with its place.
package struct TensorEntry: Hashable, Sendable {
  package var name: String
  package var type: StoredType
  package var shape: [Int]
  /// Counted from the first byte after the header.
  package var range: Range<Int>
}

extension [StoredTensor] {
  /// The order in which the reference implementation writes: widest type first, then by name.
  ///
  /// Every tensor then begins at a multiple of its scalar's size.
  package func inReferenceOrder() -> [StoredTensor] {
    let rank = Dictionary(uniqueKeysWithValues: StoredType.allCases.enumerated().map { ($1, $0) })
    return sorted { a, b in
      a.type == b.type ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : rank[a.type]! > rank[b.type]!
    }
  }
}

/// The bytes of a tensor, or nothing for a negative dimension or a size beyond `Int`.
func byteSize(of shape: [Int], _ type: StoredType) -> Int? {
  var bytes = type.size
  for dimension in shape {
    let (product, overflow) = bytes.multipliedReportingOverflow(by: dimension)
    guard dimension >= 0, !overflow else { return nil }
    bytes = product
  }
  return bytes
}
