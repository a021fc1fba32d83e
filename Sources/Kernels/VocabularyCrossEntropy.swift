package import Quantities

// Cross-entropy of logits whose vocabulary is split over ranks: maxima, then sums, each made whole over the ranks, then the loss.

/// maxima[row] = the largest logit of this part of the vocabulary.
package func vocabularyMaximum(_ type: ScalarType, logits: Region, maxima: Region, rows: Int, vocabulary: Int) {
  require(vocabulary > 0, "a part of a vocabulary without tokens has no largest logit")
  type.isDouble
    ? maximum(Double.self, logits, maxima, rows, vocabulary) : maximum(Float.self, logits, maxima, rows, vocabulary)
}

private func maximum<T: KernelScalar>(_: T.Type, _ logits: Region, _ maxima: Region, _ rows: Int, _ vocabulary: Int) {
  let (logits, maxima) = (logits.values(T.self, rows * vocabulary), maxima.values(T.self, rows))
  for row in 0..<rows { maxima[row] = laneMaximum(logits + row * vocabulary, vocabulary) }
}

/// sums[2, rows]: Σ exp(logit − maximum) over this part of the vocabulary, then the target's logit where this part has it, else 0.
package func vocabularySums(
  _ type: ScalarType, logits: Region, maxima: Region, targets: Region, sums: Region, rows: Int, vocabulary: Int,
  first: Int
) {
  type.isDouble
    ? partialSums(Double.self, logits, maxima, targets, sums, rows, vocabulary, first)
    : partialSums(Float.self, logits, maxima, targets, sums, rows, vocabulary, first)
}

private func partialSums<T: KernelScalar>(
  _: T.Type, _ logits: Region, _ maxima: Region, _ targets: Region, _ sums: Region, _ rows: Int, _ vocabulary: Int,
  _ first: Int
) {
  let (logits, targets) = (logits.values(T.self, rows * vocabulary), targets.values(Int32.self, rows))
  let (maxima, sums) = (maxima.values(T.self, rows), sums.values(T.self, 2 * rows))
  for row in 0..<rows {
    let (scores, token) = (logits + row * vocabulary, Int(targets[row]) - first)
    sums[row] = sumOfExponentials(scores, vocabulary, maxima[row])
    // A negative target is in no part, whatever the part's first token.
    sums[rows + row] = token >= 0 && token < vocabulary ? scores[token] : 0
  }
}

/// logSumExp = maximum + log(sum) and loss = logSumExp − the target's logit, 0 where the target is negative; maxima and sums are
/// those of the whole vocabulary.
package func vocabularyLoss(
  _ type: ScalarType, maxima: Region, sums: Region, targets: Region, loss: Region, logSumExp: Region, rows: Int
) {
  type.isDouble
    ? wholeLoss(Double.self, maxima, sums, targets, loss, logSumExp, rows)
    : wholeLoss(Float.self, maxima, sums, targets, loss, logSumExp, rows)
}

private func wholeLoss<T: KernelScalar>(
  _: T.Type, _ maxima: Region, _ sums: Region, _ targets: Region, _ loss: Region, _ logSumExp: Region, _ rows: Int
) {
  let (maxima, sums) = (maxima.values(T.self, rows), sums.values(T.self, 2 * rows))
  let (loss, logSumExp) = (loss.values(T.self, rows), logSumExp.values(T.self, rows))
  let targets = targets.values(Int32.self, rows)
  for row in 0..<rows {
    logSumExp[row] = maxima[row] + T.naturalLogarithm(sums[row])
    loss[row] = targets[row] < 0 ? 0 : logSumExp[row] - sums[rows + row]
  }
}
