import Quantities

extension CSVTable.Row {
  /// A whole number from 1 to `most`.
  ///
  /// - Parameter standard: of an empty cell, if it may be empty.
  func count(_ column: String, default standard: Int? = nil, most: Int) throws(MeasurementError) -> Int {
    let text = self[column]
    if text.isEmpty, let standard { return standard }
    guard let value = Double(text), value >= 1, value == value.rounded() else {
      throw MeasurementError("\(column) '\(text)' is not a whole number of at least 1")
    }
    guard value <= Double(most) else { throw MeasurementError("\(column) '\(text)' is above \(grouped(most))") }
    return Int(value)
  }

  /// A time in seconds.
  ///
  /// - Parameter unit: what one of the column's units is in seconds.
  func time(_ column: String, unit: Double) throws(MeasurementError) -> Double {
    guard let value = Double(self[column]), value > 0, value.isFinite else {
      throw MeasurementError("\(column) '\(self[column])' is not a time above zero")
    }
    guard (1e-12...1e9).contains(value * unit) else {
      throw MeasurementError("\(column) '\(self[column])' is no time that anything takes")
    }
    return value * unit
  }

  /// The row's name: its id, or where it stands.
  var name: String { self["id"].isEmpty ? "line \(line)" : self["id"] }
}

/// The most operations of one row: their counts, in bytes or at twenty operations a value, are still whole numbers below 2⁶³.
private let mostWork = 1e17

/// - Parameters:
///   - work: factors whose product is the work.
///   - words: what the factors are, for the reader.
/// - Errors: more work than a row may have.
func refuseWork(_ work: Double..., words: String) throws(MeasurementError) {
  guard work.reduce(1, *) <= mostWork else { throw MeasurementError("\(words) is above 1e17") }
}
