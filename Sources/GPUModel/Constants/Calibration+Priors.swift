extension Calibration {
  /// What is expected of a generation before anything is measured: where a fit begins that is to be judged on the rows which the
  /// built-in constants have seen.
  package static func priors() throws(CalibrationError) -> Calibration {
    try Calibration(parsing: String(decoding: PackageResources.priors_yaml, as: UTF8.self), file: "priors.yaml")
  }
}
