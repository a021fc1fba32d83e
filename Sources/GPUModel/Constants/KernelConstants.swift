/// Constants of a timing model that no data sheet gives: named numbers, which files write in the units of their names and a fit can
/// move.
package protocol KernelConstants: Hashable, Sendable {
  static var parameters: [ConstantParameter] { get }
  /// In the order of `parameters`, in SI units.
  var values: [Double] { get }
  init(values: [Double])
}

/// One constant: its name in files, with the unit, and how far a fit may take it.
package struct ConstantParameter: Hashable, Sendable {
  package var name: String
  /// What one of the file's units is in SI units.
  package var unit: Double
  /// Standard deviation of the prior, in natural logarithms: how far from the start a GPU may be expected.
  package var width: Double
  /// In SI units.
  package var range: ClosedRange<Double>
  /// Worth fitting for a single GPU; the others belong to its generation.
  package var isOwn: Bool

  init(_ name: String, unit: Double = 1, width: Double, _ range: ClosedRange<Double>, own: Bool = false) {
    (self.name, self.unit, self.width, self.isOwn) = (name, unit, width, own)
    self.range = range.lowerBound * unit...range.upperBound * unit
  }
}

extension KernelConstants {
  /// Reads a table of a calibration file.
  ///
  /// - Errors: `CalibrationError` that names what is missing, unknown or out of range.
  init(_ table: [String: Double], place: String) throws(CalibrationError) {
    let known = Self.parameters.map(\.name)
    if let stranger = table.keys.sorted().first(where: { !known.contains($0) }) {
      throw CalibrationError("\(place): \(stranger) is no constant here; known: \(known.joined(separator: ", "))")
    }
    var values: [Double] = []
    for parameter in Self.parameters {
      guard let value = table[parameter.name] else { throw CalibrationError("\(place): \(parameter.name) is missing") }
      guard parameter.range.contains(value * parameter.unit) else {
        let (low, high) = (parameter.range.lowerBound / parameter.unit, parameter.range.upperBound / parameter.unit)
        throw CalibrationError("\(place): \(parameter.name): \(value) is not between \(low) and \(high)")
      }
      values.append(value * parameter.unit)
    }
    self.init(values: values)
  }

  /// The table that a calibration file holds.
  package var table: [String: Double] {
    Dictionary(uniqueKeysWithValues: zip(Self.parameters, values).map { ($0.name, $1 / $0.unit) })
  }
}

/// A calibration that cannot be read.
package struct CalibrationError: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
