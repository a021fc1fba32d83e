package import Quantities

package import struct Foundation.Data

/// Numbers on their way to or from a device: the only place above the kernels where values turn into bytes.
package enum Values {
  package static func bytes(_ values: [Int32]) -> Data { unsafe values.withUnsafeBytes { unsafe Data($0) } }

  /// The values stored as `type`.
  package static func bytes(_ values: [Double], as type: ScalarType) -> Data {
    switch type {
    case .float64: unsafe values.withUnsafeBytes { unsafe Data($0) }
    case .float32: unsafe values.map { Float($0) }.withUnsafeBytes { unsafe Data($0) }
    case .int32: bytes(values.map { Int32($0) })
    }
  }

  package static func doubles(_ bytes: Data, as type: ScalarType) -> [Double] {
    switch type {
    case .float64: array(bytes, of: Double.self)
    case .float32: array(bytes, of: Float.self).map { Double($0) }
    case .int32: array(bytes, of: Int32.self).map { Double($0) }
    }
  }

  private static func array<T: BitwiseCopyable>(_ bytes: Data, of type: T.Type) -> [T] {
    let count = bytes.count / MemoryLayout<T>.stride
    return unsafe bytes.withUnsafeBytes { raw in
      (0..<count).map { unsafe raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self) }
    }
  }
}

extension Executor {
  package func write(_ values: [Double], to view: TensorView) { write(Values.bytes(values, as: view.type), to: view) }
  package func write(_ values: [Int32], to view: TensorView) { write(Values.bytes(values), to: view) }

  /// The view's values as doubles; nil where there are only shapes.
  package func values(_ view: TensorView) -> [Double]? { read(view).map { Values.doubles($0, as: view.type) } }
}
