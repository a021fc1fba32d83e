/// Copies of one head's matrices in the forms that register tiles read, padded with zeros to whole tiles, so that products have no
/// special cases at their edges. A few hundred KiB, CPU-only.
struct AttentionPanels<T: KernelScalar> {
  typealias Values = UnsafeMutablePointer<T>
  let sequence, size: Int
  static var width: Int { RegisterTile<T>.width }

  /// Rows padded to whole tiles of four, keys and features to whole tiles of two vectors.
  var paddedRows: Int { (sequence + 3) / 4 * 4 }
  var keyPanels: Int { (sequence + Self.width - 1) / Self.width }
  var featurePanels: Int { (size + Self.width - 1) / Self.width }

  /// Values of a matrix of rows: [paddedRows, size].
  var rowsCount: Int { paddedRows * size }
  /// Values of a transposed matrix: key panels of [size, width].
  var transposedCount: Int { keyPanels * size * Self.width }
  /// Values of a matrix as feature panels of [paddedRows, width].
  var featureCount: Int { featurePanels * paddedRows * Self.width }

  /// target[row, 0..<size] = source·scale.
  @inline(__always)
  func copyRows(_ source: Values, stride: Int, scale: T, to target: Values) {
    for row in 0..<sequence {
      let (from, to) = (source + row * stride, target + row * size)
      for i in 0..<size { to[i] = from[i] * scale }
    }
    (target + sequence * size).update(repeating: 0, count: (paddedRows - sequence) * size)
  }

  /// target[panel][feature, key in panel] = source[key, feature].
  @inline(__always)
  func transpose(_ source: Values, stride: Int, to target: Values) {
    for panel in 0..<keyPanels {
      let to = target + panel * size * Self.width
      let keys = min(Self.width, sequence - panel * Self.width)
      if keys < Self.width { to.update(repeating: 0, count: size * Self.width) }
      for key in 0..<keys {
        let from = source + (panel * Self.width + key) * stride
        for i in 0..<size { to[i * Self.width + key] = from[i] }
      }
    }
  }

  /// target[panel][row, feature in panel] = source[row, feature]·scale.
  @inline(__always)
  func copyFeatures(_ source: Values, stride: Int, scale: T, to target: Values) {
    for panel in 0..<featurePanels {
      let to = target + panel * paddedRows * Self.width
      let features = min(Self.width, size - panel * Self.width)
      if features < Self.width { to.update(repeating: 0, count: paddedRows * Self.width) }
      for row in 0..<sequence {
        let (from, line) = (source + row * stride + panel * Self.width, to + row * Self.width)
        if features == Self.width {
          scaleLine(from, scale, to: line)
        } else {
          for i in 0..<features { line[i] = from[i] * scale }
        }
      }
    }
  }

  /// target[row, feature] (+)= source panels.
  @inline(__always)
  func writeFeatures(_ source: Values, to target: Values, stride: Int, accumulate: Bool) {
    for panel in 0..<featurePanels {
      let features = min(Self.width, size - panel * Self.width)
      for row in 0..<sequence {
        let from = source + (panel * paddedRows + row) * Self.width
        let to = target + row * stride + panel * Self.width
        if accumulate {
          for i in 0..<features { to[i] += from[i] }
        } else if features == Self.width {
          scaleLine(from, 1, to: to)
        } else {
          for i in 0..<features { to[i] = from[i] }
        }
      }
    }
  }
}

/// Two vectors, scaled: one line of a panel.
@inline(__always)
func scaleLine<T: KernelScalar>(_ source: UnsafeMutablePointer<T>, _ scale: T, to target: UnsafeMutablePointer<T>) {
  let (from, to, size) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target), MemoryLayout<T.Vector>.size)
  let factor = T.Vector(repeating: scale)
  to.storeBytes(of: from.loadUnaligned(as: T.Vector.self) * factor, as: T.Vector.self)
  to.storeBytes(
    of: from.loadUnaligned(fromByteOffset: size, as: T.Vector.self) * factor, toByteOffset: size, as: T.Vector.self)
}
