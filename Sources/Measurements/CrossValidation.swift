import Cluster
package import GPUModel

/// Judges every row by constants that were fitted without it.
package struct CrossValidation {
  private let start: Calibration
  private let samples: [KernelSample]

  /// - Parameter start: constants that have seen none of the samples.
  package init(start: Calibration, _ samples: [KernelSample]) { (self.start, self.samples) = (start, samples) }

  /// Each half by constants fitted to the other.
  ///
  /// - Parameter report: told what is being fitted.
  package func halves(_ report: (String) -> Void = { _ in }) throws(CalibrationError) -> KernelValidation {
    var parts: [KernelValidation] = []
    for half in [true, false] {
      report("fitting to one half, judging on the other")
      let fit = try CalibrationFit(start: start, samples.filter { $0.isFitted == half }).fitted()
      parts.append(try KernelValidation(samples.filter { $0.isFitted != half }, by: fit, fitted: FittedRows()))
    }
    return KernelValidation(joining: parts)
  }

  /// Each GPU by its generation's constants, fitted to the generation's other GPUs, with nothing of its own: not even the host's part.
  /// A GPU without relatives is judged by the start.
  package func gpus(_ report: (String) -> Void = { _ in }) throws(CalibrationError) -> KernelValidation {
    var parts: [KernelValidation] = []
    for (name, own) in samples.grouped(by: \.gpu.name) {
      let relatives = samples.filter { $0.gpu.generation == own[0].gpu.generation && $0.gpu.name != name }
      report("\(name) is left out: \(relatives.count) rows of its generation remain")
      let fit = try CalibrationFit(start: start, relatives).fitted()
      parts.append(try KernelValidation(own, by: fit, fitted: FittedRows()))
    }
    return KernelValidation(joining: parts)
  }

  /// Each GPU by its generation's constants as they are in a calibration, without the GPU's own.
  package static func generationDefaults(
    _ samples: [KernelSample], _ calibration: Calibration
  ) throws(CalibrationError) -> KernelValidation {
    var bare = calibration
    bare.gpus = [:]
    return try KernelValidation(samples, by: bare)
  }
}
