package import Kernels

/// Moves bytes between ranks. Messages between two ranks arrive in the order in which they were posted; a region is not
/// touched between post and wait. Nothing of tensor size is allocated here.
///
/// Errors: `TransportError` when a peer fails, a deadline passes or the library reports a fault.
package protocol Transport: AnyObject {
  var rank: Int { get }
  var size: Int { get }
  /// What this rank handed over so far: the witness of the ledger.
  var counters: TransportCounters { get }

  func send(_ region: Region, to peer: Int) throws -> MessageHandle
  func receive(into region: Region, from peer: Int) throws -> MessageHandle
  /// Blocks until the message is complete, at most for the transport's deadline.
  func wait(_ handle: MessageHandle) throws
  /// The library's own sum over `group`, in place.
  func libraryAllReduce(_ region: Region, count: Int, double: Bool, group: [Int]) throws
  func barrier() throws
  /// Keeps the owner of regions in existence as long as another rank may read them.
  func keepAlive(_ owner: AnyObject)
}

/// A message under way.
package struct MessageHandle: Hashable, Sendable {
  var slot: Int
}

/// Bytes and messages that one rank handed to its transport, by peer.
package struct TransportCounters: Hashable, Sendable {
  package struct Line: Hashable, Sendable {
    package var bytes = 0
    package var messages = 0
  }
  package private(set) var sent: [Line]
  /// Payload handed to the library's own collectives.
  package internal(set) var libraryBytes = 0

  init(peers: Int) { sent = Array(repeating: Line(), count: peers) }

  mutating func count(_ bytes: Int, to peer: Int) {
    sent[peer].bytes += bytes
    sent[peer].messages += 1
  }

  package var bytes: Int { sent.reduce(0) { $0 + $1.bytes } }
}

/// The world's failure, from the point of view of one rank.
package enum TransportError: Error, Hashable, CustomStringConvertible {
  /// Another rank ended with an error while this one waited for it.
  case peerFailed(rank: Int, reason: String)
  /// Nobody answered in time.
  case deadline(waitingFor: Int, seconds: Double)
  case library(call: String, reason: String)

  package var description: String {
    switch self {
    case .peerFailed(let rank, let reason): "rank \(rank) failed: \(reason)"
    case .deadline(let peer, let seconds):
      "rank \(peer) did not answer within \(seconds) s; if it is only slow, raise collective_timeout"
    case .library(let call, let reason): "\(call): \(reason)"
    }
  }
}
