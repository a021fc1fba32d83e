package import Quantities

/// y[rows, columns] = f(g) ∘ u, where each row of `packed` is g[columns] | u[columns].
package func gatedActivation(
  _ f: ActivationLoop, _ type: ScalarType, packed: Region, y: Region, rows: Int, columns: Int
) {
  type.isDouble
    ? forward(f, Double.self, packed, y, rows, columns) : forward(f, Float.self, packed, y, rows, columns)
}

/// Each row of `dpacked` is dy·u·f′(g) | dy·f(g).
package func gatedActivationBackward(
  _ f: ActivationLoop, _ type: ScalarType, dy: Region, packed: Region, dpacked: Region, rows: Int, columns: Int
) {
  type.isDouble
    ? backward(f, Double.self, dy, packed, dpacked, rows, columns)
    : backward(f, Float.self, dy, packed, dpacked, rows, columns)
}

private func forward<T: KernelScalar>(
  _ f: ActivationLoop, _: T.Type, _ packed: Region, _ y: Region, _ rows: Int, _ columns: Int
) {
  let (packed, y) = (packed.values(T.self, 2 * rows * columns), y.values(T.self, rows * columns))
  switch f {
  case .relu: eachGate(packed, y, rows, columns) { relu($0).value }
  case .gelu: eachGate(packed, y, rows, columns) { $0 * normalCDF($0) }
  case .geluTanh: eachGate(packed, y, rows, columns) { geluTanh($0).value }
  case .silu: eachGate(packed, y, rows, columns) { swish($0, 1).value }
  case .quickGELU: eachGate(packed, y, rows, columns) { swish($0, 1.702).value }
  }
}

private func backward<T: KernelScalar>(
  _ f: ActivationLoop, _: T.Type, _ dy: Region, _ packed: Region, _ dpacked: Region, _ rows: Int, _ columns: Int
) {
  let (dy, count) = (dy.values(T.self, rows * columns), 2 * rows * columns)
  let (packed, dpacked) = (packed.values(T.self, count), dpacked.values(T.self, count))
  switch f {
  case .relu: eachSlope(dy, packed, dpacked, rows, columns) { relu($0) }
  case .gelu: geluSlopes(dy, packed, dpacked, rows, columns)
  case .geluTanh: eachSlope(dy, packed, dpacked, rows, columns) { geluTanh($0) }
  case .silu: eachSlope(dy, packed, dpacked, rows, columns) { swish($0, 1) }
  case .quickGELU: eachSlope(dy, packed, dpacked, rows, columns) { swish($0, 1.702) }
  }
}

@inline(__always)
private func eachGate<T: KernelScalar>(
  _ packed: UnsafeMutablePointer<T>, _ y: UnsafeMutablePointer<T>, _ rows: Int, _ columns: Int, _ f: (T) -> T
) {
  for row in 0..<rows {
    let (gate, output) = (packed + 2 * row * columns, y + row * columns)
    let up = gate + columns
    for j in 0..<columns { output[j] = f(gate[j]) * up[j] }
  }
}

@inline(__always)
private func eachSlope<T: KernelScalar>(
  _ dy: UnsafeMutablePointer<T>, _ packed: UnsafeMutablePointer<T>, _ dpacked: UnsafeMutablePointer<T>, _ rows: Int,
  _ columns: Int, _ f: (T) -> Slope<T>
) {
  for row in 0..<rows {
    let (upstream, gate, dgate) = (dy + row * columns, packed + 2 * row * columns, dpacked + 2 * row * columns)
    let (up, dup) = (gate + columns, dgate + columns)
    for j in 0..<columns {
      let (value, slope) = f(gate[j])
      dgate[j] = upstream[j] * up[j] * slope
      dup[j] = upstream[j] * value
    }
  }
}

private func geluSlopes<T: KernelScalar>(
  _ dy: UnsafeMutablePointer<T>, _ packed: UnsafeMutablePointer<T>, _ dpacked: UnsafeMutablePointer<T>, _ rows: Int,
  _ columns: Int
) {
  for row in 0..<rows {
    let (upstream, gate, dgate) = (dy + row * columns, packed + 2 * row * columns, dpacked + 2 * row * columns)
    let (up, dup) = (gate + columns, dgate + columns)
    eachNormalCDF(gate, columns) { j, below in
      let (value, slope) = gelu(gate[j], below)
      dgate[j] = upstream[j] * up[j] * slope
      dup[j] = upstream[j] * value
    }
  }
}
