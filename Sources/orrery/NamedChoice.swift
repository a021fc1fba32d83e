import ArgumentParser
import Quantities

/// The case whose raw value was written, in any case.
///
/// - Errors: a value that is none, with the nearest or all, in the words of the command line.
func named<Choice: RawRepresentable<String>>(_ text: String, _ option: String, _ choices: [Choice]) throws -> Choice {
  if let choice = choices.first(where: { $0.rawValue.lowercased() == text.lowercased() }) { return choice }
  let names = choices.map(\.rawValue)
  let hint = suggestion(for: text, among: names).map { "did you mean \($0)?" }
  throw ValidationError("\(option) '\(text)' is none; \(hint ?? "choose one of \(names.joined(separator: ", "))")")
}
