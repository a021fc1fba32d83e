import Program
import Quantities

extension Lowering {
  /// LayerNorm is one kernel everywhere; RMSNorm is written out by eager Hugging Face.
  func norm(_ operation: Operation) -> [LoweredKernel] {
    guard case .norm(let s, let type) = operation else { preconditionFailure("\(operation.name) is no norm") }
    if fusion == .eager && !s.centred { return rootMeanSquare(s, type) }
    return [row(s.centred ? .layerNorm : .rmsNorm, s, operation, type, operation.traffic).between(operation)]
  }

  private func row(
    _ function: RowKernel.Function, _ s: NormShape, _ operation: Operation, _ type: ScalarType, _ traffic: Traffic
  ) -> LoweredKernel {
    LoweredKernel(
      .rows(RowKernel(function, rows: s.rows, columns: s.columns, size: type.size)), name: operation.name,
      traffic: traffic)
  }

  /// dx without the residual's gradient, which a kernel of its own adds; compiled, all in one pass.
  func normBackward(_ operation: Operation) -> [LoweredKernel] {
    guard case .normBackward(let s, let adds, let type, let gradient) = operation else {
      preconditionFailure("\(operation.name) is no norm's gradient")
    }
    let residual = LoweredKernel.pass("add", s.values, reads: 2, type)
    switch fusion {
    case .compiled: return [single(operation)]
    case .fused:
      var traffic = operation.traffic
      traffic.read = traffic.read - ByteCount(s.values, of: type)
      return [row(s.centred ? .layerNormBackward : .rmsNormBackward, s, operation, type, traffic), residual]
    case .eager:
      let vectors = (0..<s.vectors).flatMap { _ in accumulation(s.columns, type, into: gradient, adds: adds) }
      return (s.centred ? layerNormBackward(s, operation, type) : rootMeanSquareBackward(s, type)) + vectors + [
        residual
      ]
    }
  }

  /// PyTorch's two kernels of one operation, the input's gradient, then gain and bias, for which all is read again; one here, since
  /// a `RowKernel` stands for both.
  private func layerNormBackward(_ s: NormShape, _ operation: Operation, _ type: ScalarType) -> [LoweredKernel] {
    let (values, statistics) = (s.values * type.size, s.statistics * type.accumulation.size)
    let vector = s.columns * type.size
    let traffic = Traffic(read: 4 * values + vector + 2 * statistics, written: values + s.vectors * vector)
    return [row(.layerNormBackward, s, operation, type, traffic)]
  }

  /// To fp32, square, mean, + ε, rsqrt, product, back, gain.
  ///
  /// - Source: transformers, `LlamaRMSNorm.forward`.
  private func rootMeanSquare(_ s: NormShape, _ type: ScalarType) -> [LoweredKernel] {
    let wide = type.accumulation
    return casts(s.values, type, to: wide)
      + [
        .pass("pow", s.values, reads: 1, wide), .reduction("mean", s.values, to: s.rows, wide),
        .pass("add", s.rows, reads: 1, wide), .pass("rsqrt", s.rows, reads: 1, wide, special: 1),
        scaled(s, s.rows, wide),
      ] + casts(s.values, wide, to: type) + [scaled(s, s.columns, type)]
  }

  /// A product of all values with a vector.
  private func scaled(_ s: NormShape, _ vector: Int, _ type: ScalarType) -> LoweredKernel {
    .stream("mul", s.values, Traffic(read: (s.values + vector) * type.size, written: s.values * type.size))
  }

  /// Autograd over the same functions: the gain's gradient, the input's along the product, and along square and mean.
  private func rootMeanSquareBackward(_ s: NormShape, _ type: ScalarType) -> [LoweredKernel] {
    let wide = type.accumulation
    return [
      .pass("mul", s.values, reads: 2, type), .reduction("column-sum", s.values, to: s.columns, type),
      scaled(s, s.columns, type),
    ] + casts(s.values, type, to: wide)
      + [
        scaled(s, s.rows, wide), .pass("mul", s.values, reads: 2, wide),
        .reduction("row-sum", s.values, to: s.rows, wide),
        .pass("pow", s.rows, reads: 1, wide), .pass("mul", s.rows, reads: 1, wide),
        .pass("mul", s.rows, reads: 2, wide),
        .stream("div", s.values, Traffic(read: s.rows * wide.size, written: s.values * wide.size)),
        .pass("pow", s.values, reads: 1, wide), .pass("mul", s.values, reads: 1, wide),
        .pass("mul", s.values, reads: 2, wide), .pass("add", s.values, reads: 2, wide),
      ] + casts(s.values, wide, to: type)
  }

  func casts(_ count: Int, _ from: ScalarType, to: ScalarType) -> [LoweredKernel] {
    from == to ? [] : [.cast(count, from: from, to: to)]
  }
}
