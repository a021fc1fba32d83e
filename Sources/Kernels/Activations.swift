package import Quantities

/// Which function; the same words as the program's, kept apart so that loops know nothing of programs.
package enum ActivationLoop: Sendable { case relu, gelu, geluTanh, silu, quickGELU }

/// y[i] = f(x[i]).
package func activation(_ f: ActivationLoop, _ type: ScalarType, _ x: Region, _ y: Region, count: Int) {
  type.isDouble ? forward(f, Double.self, x, y, count) : forward(f, Float.self, x, y, count)
}

/// dx[i] = dy[i]·f′(x[i]); dx may be dy.
package func activationBackward(
  _ f: ActivationLoop, _ type: ScalarType, _ dy: Region, _ x: Region, _ dx: Region, count: Int
) {
  type.isDouble ? backward(f, Double.self, dy, x, dx, count) : backward(f, Float.self, dy, x, dx, count)
}

private func forward<T: KernelScalar>(_ f: ActivationLoop, _: T.Type, _ x: Region, _ y: Region, _ count: Int) {
  let (x, y) = (x.values(T.self, count), y.values(T.self, count))
  switch f {
  case .relu: for i in 0..<count { y[i] = relu(x[i]).value }
  case .gelu: for i in 0..<count { y[i] = x[i] * normalCDF(x[i]) }
  case .geluTanh: for i in 0..<count { y[i] = geluTanh(x[i]).value }
  case .silu: for i in 0..<count { y[i] = swish(x[i], 1).value }
  case .quickGELU: for i in 0..<count { y[i] = swish(x[i], 1.702).value }
  }
}

private func backward<T: KernelScalar>(
  _ f: ActivationLoop, _: T.Type, _ dy: Region, _ x: Region, _ dx: Region, _ count: Int
) {
  let (dy, x, dx) = (dy.values(T.self, count), x.values(T.self, count), dx.values(T.self, count))
  // In place through one pointer: two that are equal would fail the vectorised loop's overlap check.
  if dx != dy { dx.update(from: dy, count: count) }
  switch f {
  case .relu: for i in 0..<count { dx[i] = x[i] > 0 ? dx[i] : 0 }
  case .gelu: eachNormalCDF(x, count) { i, below in dx[i] *= gelu(x[i], below).slope }
  case .geluTanh: for i in 0..<count { dx[i] *= geluTanh(x[i]).slope }
  case .silu: for i in 0..<count { dx[i] *= swish(x[i], 1).slope }
  case .quickGELU: for i in 0..<count { dx[i] *= swish(x[i], 1.702).slope }
  }
}
