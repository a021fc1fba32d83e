internal import Cluster
internal import Quantities
internal import Yams

extension Kind where Value == ClusterReference {
  static let cluster = Kind("name or path") { (node: Node) throws(Complaint) -> ClusterReference in
    guard let text = node.text, !text.isEmpty, !node.isNull else { throw .wrongType(node, "a name or a path") }
    do throws(ClusterNameError) { return try ClusterReference(parsing: text) } catch {
      throw Complaint(error.reason, hint: error.hint)
    }
  } write: { reference in
    switch reference {
    case .builtIn(let name): .text(name)
    case .file(let path): .text(path)
    }
  }
}

extension Kind where Value == ScalarType {
  /// The types that GPUs train in.
  static let simulated = choice([ScalarType.float32, .float16, .bfloat16].map { ($0.rawValue, $0) })
}

extension Kind where Value == SimulationSettings.SlowGPU {
  static let slowGPU = Kind("RANK:FACTOR") { (node: Node) throws(Complaint) -> SimulationSettings.SlowGPU in
    guard let text = node.text, !node.isNull else { throw .wrongType(node, "RANK:FACTOR") }
    let (rank, factor) = try rankAndFactor(text[...], like: "5:1.3")
    return SimulationSettings.SlowGPU(rank: rank, factor: factor)
  } write: {
    .text($0.description)
  }
}

extension Kind where Value == SimulationSettings.SlowLink {
  static let slowLink = Kind("PART RANK:FACTOR") { (node: Node) throws(Complaint) -> SimulationSettings.SlowLink in
    guard let text = node.text, !node.isNull else { throw .wrongType(node, "PART RANK:FACTOR") }
    let example = "network 5:4"
    let words = text.split(separator: " ")
    guard words.count == 2 else { throw Complaint("is not PART RANK:FACTOR", hint: "write it like '\(example)'") }
    guard let part = SimulationSettings.SlowLink.Part(rawValue: words[0].lowercased()) else {
      throw Complaint("does not start with network, nvlink or pcie", hint: "write it like '\(example)'")
    }
    let (rank, factor) = try rankAndFactor(words[1], like: example)
    return SimulationSettings.SlowLink(part: part, rank: rank, factor: factor)
  } write: {
    .text($0.description)
  }
}

/// What is slower still stands still: a failure, not a slowdown.
private let slowdowns = 1.0...1000

/// Reads `5:1.3`.
private func rankAndFactor(_ text: Substring, like example: String) throws(Complaint) -> (Int, Double) {
  let hint = "write it like '\(example)'"
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  guard parts.count == 2 else { throw Complaint("is not a rank and a factor with a colon between them", hint: hint) }
  guard let rank = Int(parts[0]), (0..<largestCount).contains(rank) else {
    throw Complaint("does not start with a rank, which is an integer ≥ 0", hint: hint)
  }
  guard let factor = Double(parts[1]), slowdowns.contains(factor) else {
    throw Complaint("does not end with a factor from 1 to 1000", hint: "at 2, it takes twice as long")
  }
  return (rank, factor)
}
