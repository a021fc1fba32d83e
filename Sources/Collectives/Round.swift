/// One rank's part in one round: all its sends and receives are posted together, and it ends when all have completed.
///
/// The receives of a round never overlap each other, nor a range that is sent in it, so the order in which messages
/// arrive cannot change a result. Messages between two ranks match in the order they are listed.
package struct Round: Hashable, Sendable {
  package var sends: [Send]
  package var receives: [Receive]

  package init(sends: [Send] = [], receives: [Receive] = []) {
    self.sends = sends
    self.receives = receives
  }
}

/// A message to another rank of the group: the elements `range` of the sender's buffer.
package struct Send: Hashable, Sendable {
  /// The receiver, a rank of the group.
  package var to: Int
  package var range: Range<Int>

  package init(to: Int, range: Range<Int>) {
    self.to = to
    self.range = range
  }
}

/// A message from another rank of the group, for the elements `range` of the receiver's buffer.
package struct Receive: Hashable, Sendable {
  /// The sender, a rank of the group.
  package var from: Int
  package var range: Range<Int>
  package var combine: Combine

  package init(from: Int, range: Range<Int>, combine: Combine) {
    self.from = from
    self.range = range
    self.combine = combine
  }
}

/// What becomes of received values.
package enum Combine: String, Hashable, Sendable {
  /// own = received.
  case copy
  /// own = own + received, in this order; the received values are staged in scratch.
  case sum
}

extension Round {
  // Both ends compute the same range, so both leave out the same empty messages.

  mutating func send(_ range: Range<Int>, to peer: Int) {
    if !range.isEmpty { sends.append(Send(to: peer, range: range)) }
  }

  mutating func receive(_ range: Range<Int>, from peer: Int, _ combine: Combine) {
    if !range.isEmpty { receives.append(Receive(from: peer, range: range, combine: combine)) }
  }

  /// The same round in a group whose ranks are all `offset` higher, around a circle of `ranks`.
  func rotated(by offset: Int, of ranks: Int) -> Round {
    Round(
      sends: sends.map { Send(to: ($0.to + offset) % ranks, range: $0.range) },
      receives: receives.map { Receive(from: ($0.from + offset) % ranks, range: $0.range, combine: $0.combine) })
  }
}
