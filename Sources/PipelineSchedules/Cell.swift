/// What a rank issues at once: one action, or a forward overlapped with a backward; a sequence of both in issue order.
///
/// - Source: DeepSeek-AI 2024, arXiv:2412.19437, §3.2.1: the communication of either hides behind the other.
package struct Cell: Hashable, Sendable, Sequence, CustomStringConvertible {
  package let first: Action
  /// Nil where nothing overlaps.
  package let second: Action?

  package init(_ action: Action) { (first, second) = (action, nil) }

  /// A forward beside a backward.
  package init(_ first: Action, beside second: Action) { (self.first, self.second) = (first, second) }

  /// In issue order.
  package var actions: [Action] { second.map { [first, $0] } ?? [first] }

  package func makeIterator() -> Pair<Action> { Pair(first, second) }

  package var isOverlapped: Bool { second != nil }

  /// `2F5`, or `2F5|3B1` where two overlap.
  package var description: String { second.map { "\(first)|\($0)" } ?? "\(first)" }
}

/// One or two values, or none, without an array around them: schedules have millions.
package struct Pair<Element>: Sequence, IteratorProtocol {
  private var first, second: Element?

  init(_ first: Element? = nil, _ second: Element? = nil) { (self.first, self.second) = (first, second) }

  package mutating func next() -> Element? {
    defer { (first, second) = (second, nil) }
    return first
  }
}

extension Pair: Sendable where Element: Sendable {}
