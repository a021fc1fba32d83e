/// Texts that differ a little from another, in characters that mean something to YAML and in whole lines.
package struct TextChanges {
  private var state: UInt64
  private static let characters = Array(" \n'#:-.,+_0159eExyaz{}[]<&*!\"|>?~%@=\t\ré\u{85}\u{7f}").map(String.init)

  package init(seed: UInt64) { state = seed }

  /// One to three changes.
  package mutating func changed(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for _ in 0...below(3) { change(&lines) }
    return lines.joined(separator: "\n")
  }

  private mutating func change(_ lines: inout [String]) {
    let (from, to) = (below(lines.count), below(lines.count))
    switch below(10) {
    case 0: lines.remove(at: from)
    case 1: lines.insert(lines[from], at: to)
    case 2: lines.swapAt(from, to)
    default: lines[from] = changedLine(lines[from])
    }
    if lines.isEmpty { lines = [""] }
  }

  private mutating func changedLine(_ line: String) -> String {
    var characters = line.map(String.init)
    let place = below(characters.count + 1)
    let new = TextChanges.characters[below(TextChanges.characters.count)]
    switch below(3) {
    case 0 where place < characters.count: characters.remove(at: place)
    case 1 where place < characters.count: characters[place] = new
    default: characters.insert(new, at: place)
    }
    return characters.joined()
  }

  private mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
