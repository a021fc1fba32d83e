/// Bytes and messages that one rank handed to its transport, by peer.
package struct TransportCounters: Hashable, Sendable {
  package struct Line: Hashable, Sendable {
    package var bytes = 0
    package var messages = 0

    mutating func count(_ bytes: Int) {
      self.bytes += bytes
      messages += 1
    }
  }
  package private(set) var sent: [Line]
  /// Payload handed to the library's own collectives.
  package internal(set) var libraryBytes = 0
  /// Questions and answers about a fault: nothing, as long as all is well. Not among `bytes`.
  package private(set) var control = Line()

  init(peers: Int) { sent = Array(repeating: Line(), count: peers) }

  mutating func count(_ bytes: Int, to peer: Int) { sent[peer].count(bytes) }
  mutating func countControl(_ bytes: Int) { control.count(bytes) }

  package var bytes: Int { sent.reduce(0) { $0 + $1.bytes } }
}
