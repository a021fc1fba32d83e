import Cluster
import GPUModel

/// Kernel times of rows under one set of constants, beside the measured ones.
struct FamilyTimes {
  private struct Row {
    var kernel, measured: Double
    var launch: LaunchContext
  }

  private var rows: [Row] = []
  private var models: [String: FamilyModel] = [:]

  init(_ family: KernelFamily, _ samples: [KernelSample], _ values: [Double]) throws(CalibrationError) {
    rows.reserveCapacity(samples.count)
    for sample in samples {
      let measurement = sample.measurement
      let seconds = try model(family, sample, values).seconds(measurement.kernel, power: measurement.power)
      rows.append(Row(kernel: seconds, measured: measurement.seconds, launch: measurement.launch))
    }
  }

  private mutating func model(
    _ family: KernelFamily, _ sample: KernelSample, _ values: [Double]
  ) throws(CalibrationError) -> FamilyModel {
    let precision = sample.measurement.kernel.precision
    let key = sample.gpu.name + precision.rawValue
    if let known = models[key] { return known }
    do {
      let model = try FamilyModel(family, sample.gpu, precision, values)
      models[key] = model
      return model
    } catch { throw CalibrationError(error.description) }
  }

  /// Mean of |predicted / measured - 1|, no row above 0.7.
  func cost(_ hosts: [HostConstants]) -> Double {
    var sum = 0.0
    for (row, host) in zip(rows, hosts) {
      sum += min(abs(host.seconds(row.kernel, row.launch) / row.measured - 1), 0.7)
    }
    return sum / Double(rows.count)
  }
}
