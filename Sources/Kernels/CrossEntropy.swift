package import Quantities

/// loss[row] = logsumexp(logits[row]) − logits[row, target]; the log-sum-exp is kept for the backward pass. A row whose target is
/// negative has loss 0.
package func crossEntropy(
  _ type: ScalarType, logits: Region, targets: Region, loss: Region, logSumExp: Region, rows: Int, vocabulary: Int
) {
  type.isDouble
    ? forward(Double.self, logits, targets, loss, logSumExp, rows, vocabulary)
    : forward(Float.self, logits, targets, loss, logSumExp, rows, vocabulary)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ logits: Region, _ targets: Region, _ loss: Region, _ logSumExp: Region, _ rows: Int, _ vocabulary: Int
) {
  let (logits, targets) = (logits.values(T.self, rows * vocabulary), targets.values(Int32.self, rows))
  let (loss, logSumExp) = (loss.values(T.self, rows), logSumExp.values(T.self, rows))
  for row in 0..<rows {
    let scores = logits + row * vocabulary
    let target = Int(targets[row])
    require(target < vocabulary, "target \(target) is not in a vocabulary of \(vocabulary)")
    let maximum = laneMaximum(scores, vocabulary)
    logSumExp[row] = maximum + T.naturalLogarithm(sumOfExponentials(scores, vocabulary, maximum))
    loss[row] = target < 0 ? 0 : logSumExp[row] - scores[target]
  }
}

/// Σ exp(x − shift), a block of exponentials at a time: the block vectorises, and its sum has a fixed order.
func sumOfExponentials<T: KernelScalar>(_ x: UnsafeMutablePointer<T>, _ count: Int, _ shift: T) -> T {
  withUnsafeTemporaryAllocation(of: T.self, capacity: 256) { block in
    let block = block.baseAddress!
    var total: T = 0
    for start in stride(from: 0, to: count, by: 256) {
      let length = min(256, count - start)
      let source = x + start
      for i in 0..<length { block[i] = T.exponential(source[i] - shift) }
      total += laneSum(block, length)
    }
    return total
  }
}

/// logits ← (exp(logits − logSumExp) − one-hot(target))·scale, in place, for columns that are ids first ..< first + vocabulary;
/// a row whose target is negative becomes zero.
package func crossEntropyBackward(
  _ type: ScalarType, logits: Region, targets: Region, logSumExp: Region, scale: Region, rows: Int, vocabulary: Int,
  first: Int
) {
  type.isDouble
    ? backward(Double.self, logits, targets, logSumExp, scale, rows, vocabulary, first)
    : backward(Float.self, logits, targets, logSumExp, scale, rows, vocabulary, first)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ logits: Region, _ targets: Region, _ logSumExp: Region, _ scale: Region, _ rows: Int,
  _ vocabulary: Int, _ first: Int
) {
  let (logits, targets) = (logits.values(T.self, rows * vocabulary), targets.values(Int32.self, rows))
  let (logSumExp, scale) = (logSumExp.values(T.self, rows), scale.values(T.self, 1)[0])
  for row in 0..<rows {
    let (scores, target) = (logits + row * vocabulary, Int(targets[row]))
    guard target >= 0 else {
      scores.update(repeating: 0, count: vocabulary)
      continue
    }
    let shift = logSumExp[row]
    for j in 0..<vocabulary { scores[j] = T.exponential(scores[j] - shift) * scale }
    if target >= first, target < first + vocabulary { scores[target - first] -= scale }
  }
}
