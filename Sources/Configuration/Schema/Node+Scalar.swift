internal import Yams

// Scalars are read here and not by Yams' resolver, which takes `1e-3` for text and `on` for a truth value.
extension Node {
  /// The text of a scalar, quoted or not.
  var text: String? { scalar?.string }

  var isQuoted: Bool {
    switch scalar?.style {
    case .singleQuoted, .doubleQuoted, .literal, .folded: true
    case .any, .plain, nil: false
    }
  }

  /// The text of a scalar without quotes: what may be a number or a truth value.
  var plain: String? { isQuoted ? nil : text }

  var isNull: Bool { plain.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

  /// A finite or non-finite number; nil where the text is none.
  var number: Double? {
    guard let plain else { return nil }
    let word = plain.lowercased()
    if [".nan", "nan"].contains(word) { return .nan }
    if [".inf", "inf", "+.inf", "+inf", "infinity"].contains(word) { return .infinity }
    if ["-.inf", "-inf", "-infinity"].contains(word) { return -.infinity }
    guard plain.allSatisfy({ "0123456789+-.eE_".contains($0) }) else { return nil }
    return Double(plain.filter { $0 != "_" })
  }

  /// What to show of a value in a message: nothing for mappings and lists, which have many lines.
  var shown: String? {
    guard let text, !isNull else { return nil }
    return text.count <= 60 ? text : text.prefix(57) + "..."
  }
}
