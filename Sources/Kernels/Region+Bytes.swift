package import struct Foundation.Data

/// A copy of the first `count` bytes.
package func bytes(of region: Region, count: Int) -> Data {
  require(count <= region.byteCount, "\(count) bytes are not in a region of \(region.byteCount)")
  return Data(bytes: region.base, count: count)
}

/// Copies bytes into a region.
package func setBytes(_ bytes: Data, of region: Region) {
  require(bytes.count <= region.byteCount, "\(bytes.count) bytes do not fit in a region of \(region.byteCount)")
  bytes.withUnsafeBytes { if let source = $0.baseAddress { region.base.copyMemory(from: source, byteCount: $0.count) } }
}

/// One value, as a double.
package func value(of region: Region, at index: Int, double: Bool) -> Double {
  double ? region.values(Double.self, index + 1)[index] : Double(region.values(Float.self, index + 1)[index])
}

/// Sets one value.
package func setValue(_ value: Double, of region: Region, at index: Int, double: Bool) {
  if double {
    region.values(Double.self, index + 1)[index] = value
  } else {
    region.values(Float.self, index + 1)[index] = Float(value)
  }
}
