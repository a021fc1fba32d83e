import Cluster
import Foundation
package import GPUModel

/// Fits constants to measurements: first those of each generation, to all its GPUs, then the few own ones of each GPU, to that GPU.
///
/// The cost is the mean of |predicted / measured - 1|, of which one row can add no more than 0.7, and of the constants' distance from
/// their priors: the start for a generation, the generation for a GPU. So few rows move little.
package struct CalibrationFit {
  private var calibration: Calibration
  private let samples: [KernelSample]

  package init(start: Calibration, _ samples: [KernelSample]) { (calibration, self.samples) = (start, samples) }

  /// Rows that a table needs before a generation's constants are fitted to it, and before a GPU gets some of its own.
  package static let fewest = 3
  package static let fewestOfGPU = 10
  private static let priorWeight = 0.15

  /// - Parameter report: told what is being fitted.
  package func fitted(_ report: (String) -> Void = { _ in }) throws(CalibrationError) -> Calibration {
    var fit = self
    for (table, generation, rows) in tables {
      report("\(generation): \(table), \(rows.count) rows")
      try fit.fit(table, rows)
    }
    return fit.calibration
  }

  /// Whether no table has rows enough.
  package var isEmpty: Bool { tables.isEmpty }

  /// A generation's rows of a table, of those that have enough.
  private var tables: [(table: String, generation: String, rows: [KernelSample])] {
    samples.grouped(by: \.table).flatMap { table, rows in
      rows.grouped(by: \.gpu.generation.rawValue).map { (table, $0, $1) }
    }.filter { $0.rows.count >= Self.fewest }
  }

  private mutating func fit(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    try inherit(table, rows[0].family, rows[0].gpu)
    try fitGeneration(table, rows)
    for (_, own) in rows.grouped(by: \.gpu.name) where own.count >= Self.fewestOfGPU { try fitGPU(table, own) }
  }

  private mutating func fitGeneration(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    let (family, gpu) = (rows[0].family, rows[0].gpu)
    let prior = try generationValues(table, gpu)
    let problem = FitProblem(family, prior: prior, own: false, weight: Self.priorWeight / Double(rows.count))
    for _ in 0..<3 {
      try fitHosts(table, rows)
      let found = try problem.solve(from: generationValues(table, gpu), rows, hosts(rows))
      calibration.generations[gpu.generation.rawValue, default: [:]][table] = family.table(found)
    }
  }

  private mutating func fitGPU(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    let (family, gpu) = (rows[0].family, rows[0].gpu)
    let prior = try generationValues(table, gpu)
    let problem = FitProblem(family, prior: prior, own: true, weight: Self.priorWeight / Double(rows.count))
    let names = Set(family.parameters.filter(\.isOwn).map(\.name))
    for _ in 0..<2 {
      let found = try problem.solve(from: values(table, gpu), rows, hosts(rows))
      calibration.gpus[gpu.name, default: [:]][table] = family.table(found).filter { names.contains($0.key) }
      try fitHosts(table, rows)
    }
  }

  /// A library's first table begins as the family's.
  private mutating func inherit(_ table: String, _ family: KernelFamily, _ gpu: GPU) throws(CalibrationError) {
    let generation = gpu.generation.rawValue
    guard calibration.generations[generation]?[table] == nil else { return }
    let values = try family.values(calibration, family.rawValue, gpu)
    calibration.generations[generation, default: [:]][table] = family.table(values)
  }

  private func values(_ table: String, _ gpu: GPU) throws(CalibrationError) -> [Double] {
    try rowsFamily(table).values(calibration, table, gpu)
  }

  private func generationValues(_ table: String, _ gpu: GPU) throws(CalibrationError) -> [Double] {
    try rowsFamily(table).values(generations, table, gpu)
  }

  private func rowsFamily(_ table: String) -> KernelFamily { samples.first { $0.table == table }!.family }

  private func hosts(_ rows: [KernelSample]) throws(CalibrationError) -> [HostConstants] {
    var result: [HostConstants] = []
    for row in rows { result.append(try calibration.constants("host_\(row.family.rawValue)", for: row.gpu)) }
    return result
  }

  /// The host's part is the machine's that measured: it is fitted for each GPU, and stays near its prior where few rows show it.
  private mutating func fitHosts(_ table: String, _ rows: [KernelSample]) throws(CalibrationError) {
    for (name, own) in rows.grouped(by: \.gpu.name) {
      let shown = own.filter(\.measurement.launch.showsHost)
      guard shown.count >= Self.fewest else { continue }
      let host = "host_\(own[0].family.rawValue)"
      let kernels = try FamilyTimes(own[0].family, shown, try values(table, own[0].gpu))
      let prior: HostConstants = try generations.constants(host, for: own[0].gpu)
      let parameters = HostConstants.parameters
      let search = PatternSearch(widths: parameters.map(\.width), ranges: parameters.map(\.range))
      let weight = Self.priorWeight / Double(shown.count)
      let found = search.minimum(from: prior.values) { values in
        kernels.cost(Array(repeating: HostConstants(values: values), count: shown.count))
          + weight * parameters.distance(values, from: prior.values)
      }
      calibration.gpus[name, default: [:]][host] = HostConstants(values: found).table
    }
  }

  /// What is known of the generations alone.
  private var generations: Calibration {
    var bare = calibration
    bare.gpus = [:]
    return bare
  }
}

extension LaunchContext {
  fileprivate var showsHost: Bool { self == .eager || self == .synchronized || self == .stream }
}

extension Array {
  /// The elements by a key, keys in order, elements in their own.
  func grouped<Key: Comparable & Hashable>(by key: (Element) -> Key) -> [(Key, [Element])] {
    Dictionary(grouping: self, by: key).sorted { $0.key < $1.key }
  }
}
