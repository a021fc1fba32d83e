/// How far the predicted times of a set of steps are from the measured ones, as shares of the measurement.
package struct StepErrors: Hashable, Sendable, Codable {
  package var title: String
  package var rows: Int
  /// Of |error|.
  package var median, mean, ninetiethPercentile, worst: Double
  /// Mean of the signed error: above zero, predictions are too long.
  package var bias: Double
  /// Spearman's, of seconds a sample, within sweeps of four rows and more, weighted by rows; nil where there are none.
  package var rankCorrelation: Double?
  package var worstRow: String

  /// Nil without rows: there is no error of nothing.
  package init?(_ title: String, _ pairs: [(sample: StepSample, predicted: Double)]) {
    let errors = pairs.map { $0.predicted / $0.sample.seconds - 1 }
    guard let most = errors.indices.max(by: { abs(errors[$0]) < abs(errors[$1]) }) else { return nil }
    let sizes = errors.map { abs($0) }.sorted()
    (self.title, rows) = (title, sizes.count)
    (median, ninetiethPercentile) = (sizes.quantile(0.5), sizes.quantile(0.9))
    mean = sizes.reduce(0, +) / Double(rows)
    bias = errors.reduce(0, +) / Double(rows)
    (worst, worstRow) = (sizes.last!, pairs[most].sample.configuration.id)
    rankCorrelation = Self.correlation(pairs)
  }

  private static func correlation(_ pairs: [(sample: StepSample, predicted: Double)]) -> Double? {
    var (sum, rows) = (0.0, 0)
    for (_, sweep) in Dictionary(grouping: pairs, by: \.sample.sweep) where sweep.count >= 4 {
      let samples = sweep.map { Double($0.sample.configuration.globalBatch ?? 1) }
      let measured = zip(sweep, samples).map { $0.sample.seconds / $1 }
      guard let value = spearman(measured, zip(sweep, samples).map { $0.predicted / $1 }) else { continue }
      sum += value * Double(sweep.count)
      rows += sweep.count
    }
    return rows > 0 ? sum / Double(rows) : nil
  }
}

/// Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of theirs.
///
/// - Returns: nil where all values of a side are equal.
package func spearman(_ first: [Double], _ second: [Double]) -> Double? {
  let (a, b) = (centredRanks(first), centredRanks(second))
  let scale = (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
  return scale > 0 ? zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / scale : nil
}

private func centredRanks(_ values: [Double]) -> [Double] {
  let mean = Double(values.count - 1) / 2
  return values.map { value in
    let (below, equal) = (values.count { $0 < value }, values.count { $0 == value })
    return Double(below) + Double(equal - 1) / 2 - mean
  }
}
