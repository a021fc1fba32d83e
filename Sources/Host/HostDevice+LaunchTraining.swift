import Kernels
import Program

extension HostDevice {
  func lose(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .crossEntropy(let rows, let vocabulary, let type):
      crossEntropy(
        type, logits: r[0], targets: r[1], loss: w[0], logSumExp: w[1], rows: rows, vocabulary: vocabulary)
    case .crossEntropyBackward(let rows, let vocabulary, let first, let type):
      crossEntropyBackward(
        type, logits: w[0], targets: r[2], logSumExp: r[0], scale: r[1], rows: rows, vocabulary: vocabulary,
        first: first)
    default: preconditionFailure("\(operation.name) is no loss")
    }
  }

  func loseInParts(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .vocabularyMaximum(let rows, let vocabulary, let type):
      vocabularyMaximum(type, logits: r[0], maxima: w[0], rows: rows, vocabulary: vocabulary)
    case .vocabularySums(let rows, let vocabulary, let first, let type):
      vocabularySums(
        type, logits: r[0], maxima: r[1], targets: r[2], sums: w[0], rows: rows, vocabulary: vocabulary, first: first)
    case .vocabularyLoss(let rows, let type):
      vocabularyLoss(type, maxima: r[0], sums: r[1], targets: r[2], loss: w[0], logSumExp: w[1], rows: rows)
    default: preconditionFailure("\(operation.name) is no part of a loss")
    }
  }

  func reduce(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .squaredNorm(let count, let type):
      setValue(squaredNorm(type, r[0], count: count), of: w[0], at: 0, double: true)
    case .sum(let count, let type):
      setValue(sum(type, r[0], count: count), of: w[0], at: 0, double: true)
    case .clipCoefficient(let partials, let maximum):
      clipCoefficient(
        partials: r[0], count: partials, scale: r[1], norm: w[0], coefficient: w[1], maximum: maximum)
    default: preconditionFailure("\(operation.name) is no reduction")
    }
  }

  /// The scalars are rate, step, clip coefficient and loss scale; the coefficient has undone the scale already.
  func optimize(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    guard case .optimizerStep(let rule, let count, let guarded, let gradient, let type) = operation else {
      preconditionFailure("\(operation.name) is no step")
    }
    requireEqual(type, gradient, operation)
    optimizerStep(
      rule.loop, type, gradient: r[0], parameter: w[0], states: Array(w.dropFirst()), count: count,
      rate: value(of: r[1], at: 0, double: true), step: Int(value(of: r[1], at: 1, double: true)),
      clip: value(of: r[1], at: 2, double: true), guarded: guarded)
  }
}
