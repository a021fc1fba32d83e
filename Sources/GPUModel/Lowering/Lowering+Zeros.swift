import Program
import Quantities

/// What zeros stand for where the next operation reads them.
private enum Zeros { case residual, table }

extension Lowering {
  /// Kernels in order. The program writes zeros where it has nothing yet; frameworks know that: no gradient flows past the last
  /// norm, so nothing is filled or added there, and eager's scatter goes straight into the zeros that begin a table's gradient.
  func kernelsKnowingZeros(_ operations: [Operation]) -> [LoweredKernel] {
    operations.indices.flatMap { index -> [LoweredKernel] in
      let operation = operations[index]
      if index + 1 < operations.count, operation.zeros(for: operations[index + 1]) == .residual { return [] }
      switch index > 0 ? operations[index - 1].zeros(for: operation) : nil {
      case nil: return kernels(operation)
      case .residual: return withoutResidual(operation)
      case .table: return kernels(operation).filter { !["zero-gradient", "accumulate"].contains($0.name) }
      }
    }
  }

  private func withoutResidual(_ operation: Operation) -> [LoweredKernel] {
    var kernels = kernels(operation)
    guard fusion == .compiled, let type = operation.mainType else {
      kernels.removeLast()  // the addition
      return kernels
    }
    return kernels.map { $0.reading(less: ByteCount(operation.elements, of: type)) }
  }
}

extension LoweredKernel {
  fileprivate func reading(less bytes: ByteCount) -> LoweredKernel {
    guard case .streaming(var kernel) = kernel else { return self }
    var result = self
    result.traffic.read = traffic.read - bytes
    kernel.bytesRead -= bytes.value
    result.kernel = .streaming(kernel)
    return result
  }
}

extension Operation {
  /// Told by size and type: the zeros' count is the residual's, or the table's.
  fileprivate func zeros(for next: Operation) -> Zeros? {
    guard case .fill(let count, 0, let type) = self else { return nil }
    switch next {
    case .normBackward(let s, _, let own, _) where (s.values, own) == (count, type): return .residual
    case .tokenEmbeddingBackward(let s, _, let own) where (s.vocabulary * s.columns, own) == (count, type):
      return .table
    case .addPositionsBackward(let s, _, let own) where (s.positions * s.columns, own) == (count, type): return .table
    default: return nil
    }
  }
}
