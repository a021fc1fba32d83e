/// How far predictions are from measurements, as shares of the measurement.
package struct ErrorSummary: Hashable, Sendable, Codable {
  package var rows: Int
  /// Of |error|.
  package var mean, median, ninetiethPercentile, worst: Double
  /// Mean of the signed error: above zero, predictions are too long.
  package var bias: Double
  package var worstRow: String
  /// Mean |error| of the plain roofline on the same rows.
  package var rooflineMean: Double

  /// Nil without rows: there is no error of nothing.
  package init?(_ judgements: [KernelJudgement]) {
    self.init(judgements.map { ($0.sample.measurement.id, $0.error, $0.rooflineError) })
  }

  /// Nil without rows. The roofline is that of the links: bytes at the data sheet's bandwidth.
  package init?(_ judgements: [CollectiveJudgement]) {
    self.init(judgements.map { ($0.sample.id, $0.error, $0.idealError) })
  }

  private init?(_ errors: [(id: String, error: Double, roofline: Double)]) {
    guard let worst = errors.max(by: { abs($0.error) < abs($1.error) }) else { return nil }
    let sizes = errors.map { abs($0.error) }.sorted()
    rows = sizes.count
    mean = sizes.reduce(0, +) / Double(rows)
    median = sizes.quantile(0.5)
    ninetiethPercentile = sizes.quantile(0.9)
    (self.worst, worstRow) = (abs(worst.error), worst.id)
    bias = errors.reduce(0) { $0 + $1.error } / Double(rows)
    rooflineMean = errors.reduce(0) { $0 + abs($1.roofline) } / Double(rows)
  }
}
