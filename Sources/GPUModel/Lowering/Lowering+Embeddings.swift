import Program
import Quantities

extension Lowering {
  /// Eager: a gradient of the whole table is made of zeros, the tokens' rows are added to it, and all of it to what is there.
  func tokenEmbeddingBackward(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .tokenEmbeddingBackward(let s, let type, let gradient) = operation else {
      return [single(operation)]
    }
    return scatter(
      rows: s.rows * s.columns, touched: s.touched, table: s.vocabulary * s.columns, ids: s.rows, type, gradient)
  }

  private func scatter(rows: Int, touched: Int, table: Int, ids: Int, _ type: ScalarType, _ gradient: ScalarType)
    -> [LoweredKernel]
  {
    let read = (rows + touched) * type.size + ids * ScalarType.int32.size
    return [
      .pass("zero-gradient", table, reads: 0, type, operations: 0),
      .stream("embedding-backward", rows, Traffic(read: read, written: touched * type.size)),
    ] + accumulation(table, type, into: gradient, adds: true)
  }

  /// Eager: the positions' rows are gathered once for all samples, added to every sample, and dropped.
  func addPositions(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .addPositions(let s, let type) = operation else { return [single(operation)] }
    let values = s.rows * s.columns
    let sum = Traffic(read: (values + s.touched) * type.size, written: values * type.size)
    return [.copy("position-embedding", s.touched, type), .stream("add", values, sum)]
      + (s.dropout == nil ? [] : [dropout(values, type)])
  }

  func addPositionsBackward(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .addPositionsBackward(let s, let type, let gradient) = operation else {
      return [single(operation)]
    }
    let values = s.rows * s.columns
    return (s.dropout == nil ? [] : [dropoutBackward(values, type)])
      + [.reduction("sample-sum", values, to: s.touched, type)]
      + scatter(
        rows: s.touched, touched: s.touched, table: s.positions * s.columns, ids: s.touched / s.columns, type, gradient)
  }
}
