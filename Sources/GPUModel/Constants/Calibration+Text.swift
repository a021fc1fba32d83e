import Foundation

extension Calibration {
  /// The text of a calibration file: what reads back as an equal calibration.
  package var text: String {
    var lines = ["provenance:"] + provenance.map { "  - '\($0.replacing("'", with: "''"))'" }
    lines += section("generations", generations) + section("gpus", gpus)
    if let fittedRows { lines += ["rows_fitted:"] + fittedRows.map { "  - '\($0)'" } }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ name: String, _ entities: [String: Tables]) -> [String] {
    guard !entities.isEmpty else { return ["\(name): {}"] }
    return ["\(name):"]
      + entities.sorted { $0.key < $1.key }.flatMap { entity, tables in
        ["  '\(entity.replacing("'", with: "''"))':"]
          + tables.sorted { $0.key < $1.key }.flatMap { table, constants in
            ["    \(table):"] + constants.sorted { $0.key < $1.key }.map { "      \($0.key): \(number($0.value))" }
          }
      }
  }

  /// Four digits say what was measured; more would only look exact.
  private func number(_ value: Double) -> String {
    let text = String(format: "%.4g", value)
    return text.contains("e") ? "\(Double(text) ?? value)" : text
  }
}
