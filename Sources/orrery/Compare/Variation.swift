import Configuration

/// A setting that takes several values: `parallelism.tp=1,2,4`.
struct Variation {
  let text: String
  /// As typed, and by the key's own name; nil where no key is spelled so.
  let key: String
  var name: String? { Schema.key(spelled: key)?.name }
  let values: [String]

  /// Nil without a key or a value. A list's commas stay: `optimizer.betas=[0.9, 0.95],[0.9, 0.99]`.
  init?(argument: String) {
    text = argument
    guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
    key = String(argument[..<sign])
    values = Variation.parts(argument[argument.index(after: sign)...])
    guard !values.contains("") else { return nil }
  }

  private static func parts(_ text: Substring) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in text {
      if "[{".contains(character) { depth += 1 }
      if "]}".contains(character) { depth -= 1 }
      if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts.map { $0.trimmingSpaces }
  }

  /// The first value that is given twice.
  var twice: String? { values.enumerated().first { values[..<$0].contains($1) }?.element }

  /// Every combination of one value of each, the last one's varying fastest.
  static func product(_ variations: [Variation]) -> [[String]] {
    variations.reduce([[]]) { rows, variation in rows.flatMap { row in variation.values.map { row + [$0] } } }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return String(start.reversed().drop { $0 == " " }.reversed())
  }
}
