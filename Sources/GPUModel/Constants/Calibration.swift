package import Cluster
import Foundation
import Yams

/// Constants by generation, and for GPUs of which some were fitted, by GPU. A table's name is its family, with the library after a dot
/// where that is not the family's usual one (cuBLAS, PyTorch, FlashAttention): `norm.vllm`.
package struct Calibration: Hashable, Sendable, Codable {
  package typealias Tables = [String: [String: Double]]

  /// Where the figures come from, and how they were found.
  package var provenance: [String]
  package var generations: [String: Tables]
  package var gpus: [String: Tables]
  /// Fingerprints of the measurements that the constants were fitted to (`FittedRows`); nil where they were fitted to none.
  package var fittedRows: [String]?

  enum CodingKeys: String, CodingKey {
    case provenance, generations, gpus
    case fittedRows = "rows_fitted"
  }

  package init(
    provenance: [String], generations: [String: Tables], gpus: [String: Tables], fittedRows: [String]? = nil
  ) {
    (self.provenance, self.generations, self.gpus) = (provenance, generations, gpus)
    self.fittedRows = fittedRows
  }

  /// What is built in.
  package static func builtIn() throws(CalibrationError) -> Calibration {
    let text = String(decoding: PackageResources.calibration_yaml, as: UTF8.self)
    return try Calibration(parsing: text, file: "calibration.yaml")
  }

  /// Reads a calibration file, which is YAML; one that `text` wrote is read thirty times as fast as other YAML.
  ///
  /// - Errors: `CalibrationError` that names file, key and reason.
  package init(parsing text: String, file: String) throws(CalibrationError) {
    if let plain = Calibration(plain: text) {
      self = plain
      return
    }
    do { self = try YAMLDecoder().decode(Calibration.self, from: text) } catch {
      throw CalibrationError("\(file): is no calibration: \(Calibration.reason(error))")
    }
  }

  /// Where and why a file has another shape, in one line.
  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return oneLine("\(error)") }
    switch error {
    case .keyNotFound(let key, let context): return place(context) + "\(key.stringValue) is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return place(context) + "it is not \(kind(type))"
    case .dataCorrupted(let context):
      return place(context) + oneLine(context.underlyingError.map { "\($0)" } ?? context.debugDescription)
    @unknown default: return oneLine("\(error)")
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty ? "" : context.codingPath.map(\.stringValue).joined(separator: ".") + ": "
  }

  private static func kind(_ type: any Any.Type) -> String {
    switch type {
    case is Double.Type: "a number"
    case is String.Type: "text"
    case is [Any].Type: "a list"
    default: "a table of names and values"
    }
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: " ")
  }
}

extension Calibration {
  /// The constants of a table for a GPU: its own where there are some, else its generation's; those of the nearest generation that has
  /// any where the generation has none.
  ///
  /// - Errors: `CalibrationError` that names table and constant.
  package func constants<C: KernelConstants>(_ table: String, for gpu: GPU) throws(CalibrationError) -> C {
    guard let (source, base) = base(table, gpu.generation) else {
      throw CalibrationError("no generation has constants for \(table)")
    }
    let merged = base.merging(gpus[gpu.name]?[table] ?? [:]) { _, own in own }
    return try C(merged, place: "\(source): \(table)")
  }

  /// Whether some of the GPU's own constants of a table were fitted.
  package func isFitted(_ table: String, for gpu: GPU) -> Bool { gpus[gpu.name]?[table] != nil }

  private func base(_ table: String, _ generation: Generation) -> (String, [String: Double])? {
    for near in generation.nearest {
      if let found = generations[near.rawValue]?[table] { return (near.rawValue, found) }
    }
    return nil
  }
}

extension Generation {
  /// All generations by their distance in time: itself, the next younger, the next older, and so on.
  fileprivate var nearest: [Generation] {
    let all = Generation.allCases
    let own = all.firstIndex(of: self)!
    return all.indices.sorted { (abs($0 - own), own - $0) < (abs($1 - own), own - $1) }.map { all[$0] }
  }
}
