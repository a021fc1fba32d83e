import Program
import Quantities

extension Lowering {
  /// Eager: a cast to fp32, log-softmax over the vocabulary, then the loss of every row. Backward: zeros with one value a row, the
  /// gradient of log-softmax, and a cast back.
  func crossEntropy(_ operation: Operation) -> [LoweredKernel] {
    switch operation {
    case .crossEntropy(let rows, let vocabulary, let type):
      guard fusion == .eager else { return [logits(.crossEntropy, operation, rows, vocabulary, type)] }
      let wide = type.accumulation
      return casts(rows * vocabulary, type, to: wide)
        + [.rows(.softmax, "log-softmax", rows: rows, columns: vocabulary, wide), rowLoss("nll-loss", rows, wide)]
    case .crossEntropyBackward(let rows, let vocabulary, _, let type):
      guard fusion == .eager else { return [logits(.crossEntropyBackward, operation, rows, vocabulary, type)] }
      let wide = type.accumulation
      return [
        .pass("zero-gradient", rows * vocabulary, reads: 0, wide, operations: 0),
        rowLoss("nll-loss-backward", rows, wide),
        .rows(.softmaxBackward, "log-softmax-backward", rows: rows, columns: vocabulary, wide, reads: 2),
      ] + casts(rows * vocabulary, wide, to: type)
    default: preconditionFailure("\(operation.name) is no cross-entropy")
    }
  }

  private func logits(
    _ function: RowKernel.Function, _ operation: Operation, _ rows: Int, _ vocabulary: Int, _ type: ScalarType
  ) -> LoweredKernel {
    let kernel = RowKernel(function, rows: rows, columns: vocabulary, size: type.size)
    return LoweredKernel(.rows(kernel), name: operation.name, traffic: operation.traffic)
  }

  /// One value of every row, at its target.
  private func rowLoss(_ name: String, _ rows: Int, _ type: ScalarType) -> LoweredKernel {
    .stream(name, rows, Traffic(read: rows * (type.size + ScalarType.int32.size), written: rows * type.size))
  }

  /// Eager, as Megatron's without fusion: a cast to fp32 and the maximum; difference, the target's value, exp and sum; the loss.
  func vocabularyCrossEntropy(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager else { return [single(operation)] }
    switch operation {
    case .vocabularyMaximum(let rows, let vocabulary, let type):
      let wide = type.accumulation
      return casts(rows * vocabulary, type, to: wide) + [.reduction("max", rows * vocabulary, to: rows, wide)]
    case .vocabularySums(let rows, let vocabulary, _, let type):
      let (count, wide) = (rows * vocabulary, type.accumulation)
      return [
        .stream("sub", count, Traffic(read: (count + rows) * wide.size, written: count * wide.size)),
        rowLoss("gather", rows, wide), .pass("exp", count, reads: 1, wide, special: 1),
        .reduction("row-sum", count, to: rows, wide),
      ]
    case .vocabularyLoss(let rows, let type):
      let wide = type.accumulation
      return [
        .pass("log", rows, reads: 1, wide, special: 1), .pass("add", rows, reads: 2, wide),
        .pass("sub", rows, reads: 2, wide),
      ]
    default: preconditionFailure("\(operation.name) is no cross-entropy")
    }
  }
}
