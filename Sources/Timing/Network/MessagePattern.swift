package import Quantities

/// Who of a group sends how much to whom, phase after phase: a collective without its contents.
///
/// A rank begins a phase when all that it sends and receives in the one before has arrived; a message leaves when both of its ends have
/// begun its phase.
package struct MessagePattern: Hashable, Sendable {
  package struct Message: Hashable, Sendable {
    package var from, to: Int
    package var bytes: ByteCount
    package var way: Way

    package init(from: Int, to: Int, _ bytes: ByteCount, way: Way = .route) {
      (self.from, self.to, self.bytes, self.way) = (from, to, bytes, way)
    }
  }

  /// Over which links.
  package enum Way: Hashable, Sendable {
    /// From a GPU to another.
    case route
    /// The first link of the way to any other GPU, or the last: what a switch sums and copies passes one of them only.
    case toSwitch, fromSwitch
  }

  /// Messages of one phase, by sender; the same phase may come several times in a row.
  package struct Phase: Hashable, Sendable {
    package var messages: [Message]
    package var repeats: Int

    package init(_ messages: [Message], repeats: Int = 1) { (self.messages, self.repeats) = (messages, repeats) }
  }

  package let ranks: Int
  package private(set) var phases: [Phase]

  /// - Parameter phases: messages in the order of their senders.
  package init(ranks: Int, phases: [Phase]) {
    for phase in phases {
      precondition(phase.messages.map(\.from).isSorted, "messages that are not in the order of their senders")
      for message in phase.messages {
        let ends = [message.from, message.to]
        precondition(
          ends.allSatisfy((0..<ranks).contains), "a message \(message.from) → \(message.to) of \(ranks) ranks")
      }
    }
    self.ranks = ranks
    self.phases = []
    for phase in phases where phase.repeats > 0 && !phase.messages.isEmpty { append(phase) }
  }

  private mutating func append(_ phase: Phase) {
    guard phases.last?.messages == phase.messages else { return phases.append(phase) }
    phases[phases.count - 1].repeats += phase.repeats
  }

  /// What all ranks send, over all phases.
  package var bytes: ByteCount {
    phases.reduce(.zero) { $0 + $1.messages.reduce(.zero) { $0 + $1.bytes } * $1.repeats }
  }
}

extension [Int] {
  fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
