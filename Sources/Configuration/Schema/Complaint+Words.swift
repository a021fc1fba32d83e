internal import Quantities

extension Complaint {
  /// A word that is not one of the choices.
  static func unknownWord(_ word: String, among words: [String]) -> Complaint {
    let list = words.joined(separator: ", ")
    let hint = suggestion(for: word, among: words).map { "did you mean '\($0)'? One of \(list)" } ?? "one of \(list)"
    return Complaint("is unknown", hint: hint)
  }
}
