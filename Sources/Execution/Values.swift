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
    case .bfloat16: words(values.map { roundedToBFloat16(Float($0)) })
    case .float16: words(values.map { Float16($0).bitPattern })
    case .int32: bytes(values.map { Int32($0) })
    }
  }

  package static func doubles(_ bytes: Data, as type: ScalarType) -> [Double] {
    switch type {
    case .float64: array(bytes, of: Double.self)
    case .float32: array(bytes, of: Float.self).map { Double($0) }
    case .bfloat16: array(bytes, of: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .float16: array(bytes, of: UInt16.self).map { Double(Float16(bitPattern: $0)) }
    case .int32: array(bytes, of: Int32.self).map { Double($0) }
    }
  }

  private static func words(_ values: [UInt16]) -> Data { unsafe values.withUnsafeBytes { unsafe Data($0) } }

  /// The upper half of a float, rounded to nearest even; a NaN stays one.
  private static func roundedToBFloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16)
  }

  private static func array<T: BitwiseCopyable>(_ bytes: Data, of type: T.Type) -> [T] {
    let count = bytes.count / MemoryLayout<T>.stride
    return unsafe bytes.withUnsafeBytes { raw in
      (0..<count).map { unsafe raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self) }
    }
  }
}

extension Executor {
  package func write(_ values: [Double], to view: TensorView) {
    write(values.count, to: view) { Values.bytes(values, as: view.type) }
  }
  package func write(_ values: [Int32], to view: TensorView) {
    write(values.count, to: view) { Values.bytes(values) }
  }

  /// What nobody will read need not become bytes.
  private func write(_ count: Int, to view: TensorView, _ bytes: () -> Data) {
    precondition(count == view.count, "\(count) values for \(view)")
    if device.computes { write(bytes(), to: view) }
  }

  /// The view's values as doubles; nil where there are only shapes.
  package func values(_ view: TensorView) -> [Double]? { read(view).map { Values.doubles($0, as: view.type) } }
}
