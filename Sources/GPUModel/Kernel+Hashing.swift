/// Kernels are keys of caches that a search asks millions of times: each hashes as one word, since the standard hasher takes longer
/// for ten.
extension Kernel {
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .matmul(let shape): hasher.combine(shape.mixed)
    case .streaming(let shape): hasher.combine(shape.mixed)
    case .rows(let shape): hasher.combine(shape)
    case .attention(let shape): hasher.combine(shape)
    }
  }
}

extension MatmulKernel {
  fileprivate var mixed: Int { mix(mix(mix(mix(m, n), k), batch), resultSize) }
}

extension StreamingKernel {
  fileprivate var mixed: Int { mix(mix(bytesRead, bytesWritten), operations &+ elements) }
}

/// Multiplies by an odd constant whose bits look random (2⁶⁴ over the golden ratio), so that neighbours fall far apart.
private func mix(_ a: Int, _ b: Int) -> Int { (a ^ b &* 0x1e37_79b9_7f4a_7c15) &* 0x1e37_79b9_7f4a_7c15 ^ a >> 29 }
