import Quantities
import Testing

struct SuggestionTests {
  @Test(arguments: [
    ("micro_batchsize", "micro_batch_size"), ("optimiser", "optimizer"), ("LR_Scheduler", "lr_scheduler"),
    ("gradient_cliping", "gradient_clipping"),
  ])
  func `a slip of the fingers finds the key that was meant`(_ typed: String, _ meant: String) {
    #expect(suggestion(for: typed, among: keys) == meant)
  }

  @Test(arguments: ["", "xyzzy", "global", "learning"])
  func `what resembles nothing gets no suggestion`(_ typed: String) {
    #expect(suggestion(for: typed, among: keys) == nil)
  }

  @Test func `of two that are equally near the first in the alphabet is taken, in any order`() {
    #expect(suggestion(for: "cat", among: ["car", "bat", "cap"]) == "bat")
    #expect(suggestion(for: "cat", among: ["cap", "bat", "car"]) == "bat")
  }

  @Test func `no candidates, no suggestion`() {
    #expect(suggestion(for: "seed", among: [String]()) == nil)
  }

  /// The witness is the shortest path in the graph whose edges are single edits: a metric by construction.
  @Test func `a word is suggested exactly when few enough single edits lead to it`() {
    for typed in words {
      let distances = distances(from: typed)
      let limit = max(1, min(3, typed.count / 2))
      for candidate in words {
        let found = suggestion(for: typed, among: [candidate])
        #expect((found == candidate) == (distances[candidate]! <= limit), "\(typed) to \(candidate)")
      }
      let others = words.filter { $0 != typed }
      let nearest = others.filter { distances[$0]! <= limit }.min { (distances[$0]!, $0) < (distances[$1]!, $1) }
      #expect(suggestion(for: typed, among: others) == nearest, "\(typed)")
    }
  }

  @Test func `nearness is symmetric among words of one length`() {
    for length in 0...longest {
      let same = words.filter { $0.count == length }
      for (a, b) in same.flatMap({ a in same.map { (a, $0) } }) {
        let (there, back) = (suggestion(for: a, among: [b]), suggestion(for: b, among: [a]))
        #expect((there == nil) == (back == nil), "\(a) and \(b)")
      }
    }
  }
}

private let keys = [
  "micro_batch_size", "global_batch_size", "gradient_accumulation_steps", "gradient_clipping", "lr_scheduler",
  "optimizer",
]

private let longest = 5
private let letters: [Character] = ["a", "b"]

/// Every word over two letters, up to a length.
private let words: [String] = (0...longest).flatMap { length in
  (0..<(1 << length)).map { bits in String((0..<length).map { letters[bits >> $0 & 1] }) }
}

/// Breadth first over single edits. Shortest edit paths need no word longer than their two ends.
private func distances(from start: String) -> [String: Int] {
  var distances = [start: 0]
  var border = [start]
  while !border.isEmpty {
    var next: [String] = []
    for word in border {
      for neighbour in edits(of: word) where distances[neighbour] == nil {
        distances[neighbour] = distances[word]! + 1
        next.append(neighbour)
      }
    }
    border = next
  }
  return distances
}

/// The words that one insertion, deletion or substitution makes, within the longest length.
private func edits(of word: String) -> [String] {
  let characters = Array(word)
  var result: [String] = []
  for index in characters.indices {
    result.append(String(characters[..<index] + characters[(index + 1)...]))
    result += letters.map { String(characters[..<index] + [$0] + characters[(index + 1)...]) }
  }
  guard characters.count < longest else { return result }
  for index in 0...characters.count {
    result += letters.map { String(characters[..<index] + [$0] + characters[index...]) }
  }
  return result
}
