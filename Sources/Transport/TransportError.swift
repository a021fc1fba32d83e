/// The world's failure, from the point of view of one rank.
package enum TransportError: Error, Hashable, CustomStringConvertible {
  /// Another rank ended with an error while this one waited for it.
  case peerFailed(rank: Int, reason: String)
  /// Nobody answered in time, in a wait of no known activity.
  case deadline(waitingFor: Int, seconds: Double)
  /// Nobody came in time. The report names the activity, both sides, and `missing`, the rank at the end of the chain of waits.
  case stalled(missing: Int, report: String)
  /// A message of another size than was expected. The report names both sides.
  case wrongSize(from: Int, expected: Int, received: Int, report: String)
  /// What this transport cannot do.
  case unsupported(String)
  case library(call: String, reason: String)

  package var description: String {
    switch self {
    case .peerFailed(let rank, let reason): "rank \(rank) failed: \(reason)"
    case .deadline(let peer, let seconds):
      "rank \(peer) did not answer within \(seconds) s; if it is only slow, raise collective_timeout"
    case .stalled(_, let report), .wrongSize(_, _, _, let report): report
    case .unsupported(let what): what
    case .library(let call, let reason): "\(call): \(reason)"
    }
  }

  /// Whether the text says by itself in which collective or message it happened.
  package var namesActivity: Bool {
    switch self {
    case .stalled, .wrongSize: true
    case .peerFailed, .deadline, .unsupported, .library: false
    }
  }
}
