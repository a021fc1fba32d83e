import Foundation

/// How long a collective takes, and by what.
package struct CollectiveTime: Hashable, Sendable {
  /// How the ranks pass data on.
  package enum Algorithm: String, Hashable, Sendable, CaseIterable {
    case ring, tree
    /// The switch sums and copies (NVLink SHARP); between nodes, a tree of nodes.
    case inSwitch = "in-switch"
    /// Each rank sends to each other rank.
    case pairwise
  }

  /// How a receiver learns that data has come: LL by a flag in each 8 bytes, LL128 by one in each 128, Simple by a fence.
  package enum WireProtocol: String, Hashable, Sendable, CaseIterable {
    case ll = "LL"
    case ll128 = "LL128"
    case simple = "Simple"
  }

  package var seconds: Double
  package var algorithm: Algorithm
  package var wireProtocol: WireProtocol
  /// Seconds that the busiest link needs for its bytes.
  package var bandwidthPart: Double

  /// Seconds beside those: launch, hops, and what of them the bytes do not hide.
  package var latencyPart: Double { seconds - bandwidthPart }
}

/// One way to run a collective.
struct CollectiveCandidate {
  var algorithm: CollectiveTime.Algorithm
  var wireProtocol: CollectiveTime.WireProtocol
  /// Seconds of launch and hops; seconds of bytes on the busiest link.
  var latency, transfer: Double
  /// Exponent p of `seconds`.
  var overlap: Double
  /// What NCCL's tuner takes this way's time for, over its time.
  var bias: Double

  /// `(latency^p + transfer^p)^(1/p)`: at p = 1 one after the other, above it partly at once; p = 1/2 is a chain of chunks of the best
  /// size, √latency + √transfer squared.
  var seconds: Double {
    let (small, large) = (min(latency, transfer), max(latency, transfer))
    guard small > 0 else { return large }
    // pow is most of a collective's price, and of no use here.
    guard overlap != 1 else { return large * (1 + small / large) }
    return large * pow(1 + pow(small / large, overlap), 1 / overlap)
  }

  var time: CollectiveTime {
    CollectiveTime(
      seconds: seconds, algorithm: algorithm, wireProtocol: wireProtocol, bandwidthPart: transfer)
  }
}
