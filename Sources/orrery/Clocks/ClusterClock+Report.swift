import Quantities
import Training

extension ClusterClock {
  /// What `orrery estimate` says of the run, made from the program that every rank was found to follow.
  ///
  /// - Parameter precision: what the run computes in.
  func report(besides precision: ScalarType) -> String {
    let simulated = summary.precision
    let note =
      simulated == precision
      ? "simulated, from the program that ran:"
      : "simulated, from the program that ran, in \(simulated.rawValue) in place of \(precision.rawValue); "
        + "all bytes below are bytes in \(simulated.rawValue), simulated:"
    return "\n\(note)\n\n\(EstimateReport(prediction).text)\n"
  }
}
