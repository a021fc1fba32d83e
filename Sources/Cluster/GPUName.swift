/// A GPU's name as a set of words: people write them in any order, case and punctuation, with or without the maker's words.
///
/// `NVIDIA A100 80GB PCIe`, `A100-PCIE-80GB` and `a100 pcie 80 gb` are the same name.
package struct GPUName: Hashable, Sendable {
  package var words: Set<String>
  /// The words in their order, for the search of what is spelled alike.
  var text: String

  package init(_ text: String) {
    let pieces = text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }.map(String.init)
    let words = GPUName.joiningUnits(pieces).flatMap(GPUName.words(in:)).filter { !GPUName.silent.contains($0) }
    (self.words, self.text) = (Set(words), words.joined(separator: " "))
  }

  /// Without what stands in parentheses: `V100-SXM2 (DGX-1)`.
  init(withoutRemarks text: String) {
    var depth = 0
    self.init(
      String(
        text.filter { character in
          if character == "(" { depth += 1 }
          defer { if character == ")" { depth = max(0, depth - 1) } }
          return depth == 0 && character != ")"
        }))
  }

  package static func == (a: Self, b: Self) -> Bool { a.words == b.words }
  package func hash(into hasher: inout Hasher) { hasher.combine(words) }

  /// Words that tell no GPU from another.
  private static let silent: Set<String> = [
    "nvidia", "tesla", "geforce", "quadro", "gpu", "graphics", "edition", "generation",
  ]

  /// `80 GB` is one word.
  private static func joiningUnits(_ pieces: [String]) -> [String] {
    pieces.reduce(into: []) { result, piece in
      let isUnit = ["gb", "gib"].contains(piece) && result.last?.allSatisfy(\.isNumber) == true
      if isUnit { result[result.count - 1] += "gb" } else { result.append(piece) }
    }
  }

  /// `rtx4090`, `1080ti`, `sxm5`, `80g` as others write them.
  private static func words(in piece: String) -> [String] {
    for family in ["rtx", "gtx", "titan", "pro"] where piece.hasPrefix(family) && piece != family {
      return [family] + words(in: String(piece.dropFirst(family.count)))
    }
    if piece.hasPrefix("sxm"), piece.dropFirst(3).allSatisfy(\.isNumber) { return ["sxm"] }
    let digits = piece.prefix(while: \.isNumber)
    guard !digits.isEmpty else { return [piece] }
    switch piece.dropFirst(digits.count) {
    case "ti": return [String(digits), "ti"]
    case "g", "gib": return ["\(digits)gb"]
    default: return [piece]
    }
  }
}
