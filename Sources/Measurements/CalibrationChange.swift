package import GPUModel

/// Constants of one table that a fit has moved.
package struct CalibrationChange: Hashable, Sendable {
  package struct Move: Hashable, Sendable {
    package var constant: String
    /// Nil where the table had no such constant.
    package var from: Double?
    package var to: Double

    package init(_ constant: String, from: Double?, to: Double) {
      (self.constant, self.from, self.to) = (constant, from, to)
    }
  }

  /// A generation or a GPU.
  package var place: String
  package var table: String
  package var moves: [Move]

  package init(place: String, table: String, moves: [Move]) {
    (self.place, self.table, self.moves) = (place, table, moves)
  }

  /// What differs by more than `threshold` of the former value: generations first, then GPUs.
  ///
  /// - Parameter generations: of GPUs by name: a GPU's new constant was its generation's before.
  package static func between(
    _ old: Calibration, _ new: Calibration, generations: [String: String], threshold: Double = 0.01
  ) -> [CalibrationChange] {
    changes(new.generations, threshold) { place, table in old.generations[place]?[table] ?? [:] }
      + changes(new.gpus, threshold) { place, table in
        let base = generations[place].flatMap { old.generations[$0]?[table] } ?? [:]
        return base.merging(old.gpus[place]?[table] ?? [:]) { _, own in own }
      }
  }

  private static func changes(
    _ new: [String: Calibration.Tables], _ threshold: Double, _ old: (String, String) -> [String: Double]
  ) -> [CalibrationChange] {
    new.sorted { $0.key < $1.key }.flatMap { place, tables in
      tables.sorted { $0.key < $1.key }.compactMap { table, values in
        let moves = moves(old(place, table), values, threshold)
        return moves.isEmpty ? nil : CalibrationChange(place: place, table: table, moves: moves)
      }
    }
  }

  private static func moves(_ old: [String: Double], _ new: [String: Double], _ threshold: Double) -> [Move] {
    new.sorted { $0.key < $1.key }.compactMap { constant, value in
      if let from = old[constant], abs(value - from) <= threshold * abs(from) { return nil }
      return Move(constant, from: old[constant], to: value)
    }
  }
}
