import Cluster
package import GPUModel

/// One measured kernel beside what is predicted for it.
package struct KernelJudgement: Sendable {
  package var sample: KernelSample
  /// Seconds, with the host's part where the measurement has it.
  package var predicted: Double
  package var roofline: Double
  package var limiter: KernelTime.Limiter
  package var tile: String
  /// Whether the constants were fitted to this row.
  package var isFitted: Bool

  /// Relative errors: 0.1 is a tenth too long.
  package var error: Double { predicted / sample.measurement.seconds - 1 }
  package var rooflineError: Double { roofline / sample.measurement.seconds - 1 }
}

/// Judges measurements by one calibration. A GPU's model is made when it is first asked for.
struct KernelJudge {
  private let calibration: Calibration
  private let fitted: FittedRows
  private var models: [String: KernelModel] = [:]

  init(_ calibration: Calibration, fitted: FittedRows) { (self.calibration, self.fitted) = (calibration, fitted) }

  /// - Errors: `CalibrationError` for constants that are missing; what the GPU cannot do is a refusal.
  mutating func judge(
    _ sample: KernelSample
  ) throws(CalibrationError) -> Result<KernelJudgement, KernelMeasurement.Refusal> {
    let model = try model(for: sample)
    let row = sample.measurement
    do throws(GPUError) {
      let time = try model.time(of: row.kernel, power: row.power)
      return .success(
        KernelJudgement(
          sample: sample,
          predicted: try model.seconds(row.kernel, launched: row.launch, power: row.power),
          roofline: try PlainRoofline(sample.gpu).seconds(row.kernel), limiter: time.limiter,
          tile: time.launchShape.tile, isFitted: fitted.contains(sample)))
    } catch { return .failure(row.refusal(error.description)) }
  }

  private mutating func model(for sample: KernelSample) throws(CalibrationError) -> KernelModel {
    let key = "\(sample.gpu.name)|\(sample.library ?? "")"
    if let known = models[key] { return known }
    let model = try KernelModel(sample.gpu, calibration, library: sample.library)
    models[key] = model
    return model
  }
}
