import Cluster
import Foundation
package import GPUModel

/// Fits constants to measurements: first those of each generation, to all its GPUs, then the few own ones of each GPU, to that GPU.
///
/// The cost is the mean of |ln(predicted / measured)|, of which one row can add no more than ln 2, and of the constants' distance from
/// their priors: the start for a generation, the generation for a GPU. So few rows move little.
package struct CalibrationFit {
  private var calibration: Calibration
  private let samples: [KernelSample]

  package init(start: Calibration, _ samples: [KernelSample]) { (calibration, self.samples) = (start, samples) }

  /// Rows that a table needs before anything is fitted to it.
  static let fewest = 3
  private static let priorWeight = 0.15

  /// - Parameter report: told what is being fitted.
  package func fitted(_ report: (String) -> Void = { _ in }) throws(CalibrationError) -> Calibration {
    var fit = self
    for (table, rows) in samples.grouped(by: \.table) {
      for (generation, rows) in rows.grouped(by: \.gpu.generation.rawValue) where rows.count >= Self.fewest {
        report("\(generation): \(table), \(rows.count) rows")
        try fit.fit(table, rows)
      }
    }
    return fit.calibration
  }

  private mutating func fit(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    let (family, gpu) = (rows[0].family, rows[0].gpu)
    try inherit(table, family, gpu)
    let prior = try values(table, gpu)
    for _ in 0..<3 {
      // A GPU with many rows counts as one with few.
      try fitHosts(table, rows)
      let problem = FitProblem(family, prior: prior, own: false, weight: Self.priorWeight / Double(rows.count))
      let found = try problem.solve(from: values(table, gpu), rows, hosts(rows))
      calibration.generations[gpu.generation.rawValue, default: [:]][table] = family.table(found)
    }
    for (_, own) in rows.grouped(by: \.gpu.name) where own.count >= Self.fewest {
      let problem = FitProblem(
        family, prior: try values(table, gpu), own: true, weight: Self.priorWeight / Double(own.count))
      for _ in 0..<2 {
        let found = try problem.solve(from: values(table, own[0].gpu), own, hosts(own))
        let all = family.table(found)
        let names = Set(family.parameters.filter(\.isOwn).map(\.name))
        calibration.gpus[own[0].gpu.name, default: [:]][table] = all.filter { names.contains($0.key) }
        try fitHosts(table, own)
      }
    }
  }

  /// A library's first table begins as the family's.
  private mutating func inherit(_ table: String, _ family: KernelFamily, _ gpu: GPU) throws(CalibrationError) {
    let generation = gpu.generation.rawValue
    guard calibration.generations[generation]?[table] == nil else { return }
    calibration.generations[generation, default: [:]][table] = family.table(try family.values(calibration, family.rawValue, gpu))
  }

  private func values(_ table: String, _ gpu: GPU) throws(CalibrationError) -> [Double] {
    try rowsFamily(table).values(calibration, table, gpu)
  }

  private func rowsFamily(_ table: String) -> KernelFamily { samples.first { $0.table == table }!.family }

  private func hosts(_ rows: [KernelSample]) throws(CalibrationError) -> [HostConstants] {
    var result: [HostConstants] = []
    for row in rows { result.append(try calibration.constants("host_\(row.family.rawValue)", for: row.gpu)) }
    return result
  }

  /// The host's part is the machine's that measured: it is fitted for each GPU.
  private mutating func fitHosts(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    for (name, own) in rows.grouped(by: \.gpu.name) where own.contains(where: { $0.measurement.launch.showsHost }) {
      let (gpu, family) = (own[0].gpu, own[0].family)
      let host = "host_\(family.rawValue)"
      let kernels = try FamilyTimes(family, own, try values(table, gpu))
      let start: HostConstants = try calibration.constants(host, for: gpu)
      let search = PatternSearch(
        widths: HostConstants.parameters.map(\.width), ranges: HostConstants.parameters.map(\.range))
      let found = search.minimum(from: start.values) { values in
        kernels.cost(Array(repeating: HostConstants(values: values), count: own.count))
      }
      calibration.gpus[name, default: [:]][host] = HostConstants(values: found).table
    }
  }
}

extension LaunchContext {
  fileprivate var showsHost: Bool { self == .eager || self == .synchronized || self == .stream }
}

/// One search: a family's constants against rows.
struct FitProblem {
  let family: KernelFamily
  let prior: [Double]
  let own: Bool
  let weight: Double

  init(_ family: KernelFamily, prior: [Double], own: Bool, weight: Double) {
    (self.family, self.prior, self.own, self.weight) = (family, prior, own, weight)
  }

  func solve(from start: [Double], _ rows: [KernelSample], _ hosts: [HostConstants]) throws(CalibrationError) -> [Double] {
    let parameters = family.parameters
    let search = PatternSearch(
      widths: parameters.map { own && !$0.isOwn ? 0 : $0.width }, ranges: parameters.map(\.range))
    return search.minimum(from: start) { values in
      var penalty = 0.0
      for (index, parameter) in parameters.enumerated() {
        let distance = log(values[index] / prior[index]) / parameter.width
        penalty += distance * distance
      }
      guard let times = try? FamilyTimes(family, rows, values) else { return .infinity }
      return times.cost(hosts) + weight * penalty
    }
  }
}

/// Kernel times of rows under one set of constants, beside the measured ones.
struct FamilyTimes {
  private let rows: [(kernel: Double, measured: Double, launch: LaunchContext)]

  init(_ family: KernelFamily, _ samples: [KernelSample], _ values: [Double]) throws(CalibrationError) {
    var models: [String: FamilyModel] = [:]
    var rows: [(kernel: Double, measured: Double, launch: LaunchContext)] = []
    rows.reserveCapacity(samples.count)
    for sample in samples {
      let kernel = sample.measurement.kernel
      let key = sample.gpu.name + kernel.precision.rawValue
      let model: FamilyModel
      if let known = models[key] {
        model = known
      } else {
        do { model = try FamilyModel(family, sample.gpu, kernel.precision, values) } catch {
          throw CalibrationError(error.description)
        }
        models[key] = model
      }
      rows.append((model.seconds(kernel, power: sample.measurement.power), sample.measurement.seconds, sample.measurement.launch))
    }
    self.rows = rows
  }

  /// Mean of |ln(predicted / measured)|, no row above ln 2.
  func cost(_ hosts: [HostConstants]) -> Double {
    var sum = 0.0
    for (row, host) in zip(rows, hosts) {
      sum += min(abs(host.seconds(row.kernel, row.launch) / row.measured - 1), 0.7)
    }
    return sum / Double(rows.count)
  }
}

extension KernelFamily {
  func values(_ calibration: Calibration, _ table: String, _ gpu: GPU) throws(CalibrationError) -> [Double] {
    switch self {
    case .matmulTensor, .matmulFP8, .matmulSIMT, .batchedSIMT:
      (try calibration.constants(table, for: gpu) as MatmulConstants).values
    case .elementwise: (try calibration.constants(table, for: gpu) as StreamingConstants).values
    case .softmax, .norm: (try calibration.constants(table, for: gpu) as RowConstants).values
    case .attentionForward, .attentionBackward:
      (try calibration.constants(table, for: gpu) as AttentionConstants).values
    }
  }

  /// Values as a file holds them, rounded to four digits: more would say more than was measured.
  func table(_ values: [Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: zip(parameters, values).map { ($0.name, fourDigits($1 / $0.unit)) })
  }
}

private func fourDigits(_ value: Double) -> Double { Double(String(format: "%.4g", value)) ?? value }

extension Array {
  /// The elements by a key, keys in order, elements in their own.
  func grouped<Key: Comparable & Hashable>(by key: (Element) -> Key) -> [(Key, [Element])] {
    Dictionary(grouping: self, by: key).sorted { $0.key < $1.key }
  }
}
