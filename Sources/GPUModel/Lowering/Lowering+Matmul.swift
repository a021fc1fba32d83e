import Cluster
import Program
import Quantities

extension Lowering {
  /// What values of a type are multiplied in.
  func precision(_ type: ScalarType) -> MathPrecision {
    guard let precision = MathPrecision(type) else { preconditionFailure("matrix products of \(type.rawValue)") }
    return precision == .fp32 && allowsTF32 ? .tf32 : precision
  }

  /// A matrix product, its bias in the epilogue. An eager framework's product has its operands' type and a result of its own, which
  /// a further kernel casts or adds to the gradient that is there.
  func matmul(_ s: MatmulShape, _ type: ScalarType, result: ScalarType) -> [LoweredKernel] {
    let isEager = fusion == .eager
    let kernel = MatmulKernel(
      m: s.m, n: s.n, k: s.k, precision: precision(type), layout: s.layout,
      resultSize: (isEager ? type : result).size, accumulates: s.accumulate && !isEager)
    let product = LoweredKernel.gemm("gemm", kernel, biasBytes: s.bias ? s.n * type.size : 0)
    return [product] + (isEager ? accumulation(s.m * s.n, type, into: result, adds: s.accumulate) : [])
  }

  /// y[H] (+)= Σ over rows of x[N,H].
  func columnSum(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .columnSum(let rows, let columns, let adds, let type, let gradient) = operation else {
      return [single(operation)]
    }
    return [.reduction("column-sum", rows * columns, to: columns, type)]
      + accumulation(columns, type, into: gradient, adds: adds)
  }

  /// What an eager framework does with a gradient that it has just made: nothing, a cast, or an addition in place.
  func accumulation(_ count: Int, _ type: ScalarType, into gradient: ScalarType, adds: Bool) -> [LoweredKernel] {
    let sum = Traffic(read: count * (type.size + gradient.size), written: count * gradient.size)
    if adds { return [.stream("accumulate", count, sum)] }
    return type == gradient ? [] : [.cast(count, from: type, to: gradient)]
  }
}

extension MatmulShape {
  /// The words of BLAS. A library computes the column-major product Cᵀ = op(B)ᵀ·op(A)ᵀ, so B comes first; a row-major operand
  /// that is not transposed is, column-major, already the transpose that is wanted: N.
  ///
  /// A linear layer with weights [outputs, inputs] is TN forward (B transposed), NN for the input's gradient, NT for the weights'
  /// (A transposed); GPT-2's weights [inputs, outputs] make that NN, TN, NT.
  var layout: MatmulKernel.Layout {
    switch (transposeB, transposeA) {
    case (false, false): .nn
    case (true, false): .tn
    case (false, true): .nt
    case (true, true): .tt
    }
  }
}
