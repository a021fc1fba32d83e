import Quantities

/// The names of GPUs, and which of them a text means.
struct GPUNameIndex: Sendable {
  /// Each GPU's own name.
  private let titles: [String]
  /// Each GPU's own name and its aliases.
  private let names: [[GPUName]]

  /// - Parameter names: each GPU's own name, then its aliases.
  init(_ names: [[String]]) {
    titles = names.map { $0[0] }
    self.names = names.map { $0.map { GPUName($0) } }
  }

  /// - Errors: a name that means two GPUs, or that one GPU has twice.
  func refuseSharedNames() throws(GPUError) {
    var owners: [GPUName: String] = [:]
    for (title, names) in zip(titles, names) {
      for name in names {
        if let other = owners.updateValue(title, forKey: name) {
          throw GPUError("\(title): aliases: '\(name.text)' is a name of \(other) already")
        }
      }
    }
  }

  /// The place of the GPU that a text means, in the rules of `GPUCatalogue.gpu(named:)`.
  ///
  /// - Errors: `GPUError` with the GPUs that it could be, or the nearest name.
  func index(of text: String) throws(GPUError) -> Int {
    let readings = [GPUName(text), GPUName(withoutRemarks: text)].filter { !$0.words.isEmpty }
    for reading in readings {
      if let index = names.firstIndex(where: { $0.contains(reading) }) { return index }
    }
    for reading in readings {
      let found = names.indices.filter { names[$0].contains { reading.words.isSubset(of: $0.words) } }
      if found.count == 1 { return found[0] }
      guard found.isEmpty else { throw ambiguous(text, found) }
    }
    throw unknown(text)
  }

  private func ambiguous(_ text: String, _ found: [Int]) -> GPUError {
    let shown = found.prefix(6).map { titles[$0] }.joined(separator: ", ")
    let rest = found.count > 6 ? " and \(found.count - 6) more" : ""
    return GPUError("'\(text)' could be any of \(shown)\(rest); write more of the name")
  }

  /// The nearest name is one that begins alike or shares a word: other makers' GPUs have similar numbers.
  private func unknown(_ text: String) -> GPUError {
    let wanted = GPUName(text)
    let candidates = names.joined().filter { name in
      name.text.first == wanted.text.first || !name.words.isDisjoint(with: wanted.words)
    }
    let near = suggestion(for: wanted.text, among: candidates.map(\.text))
    let index = near.flatMap { near in names.firstIndex { $0.contains { $0.text == near } } }
    let hint = index.map { "did you mean \(titles[$0])?" } ?? "orrery gpus lists them"
    return GPUError("'\(text)' is no GPU of the catalogue; \(hint)")
  }
}
