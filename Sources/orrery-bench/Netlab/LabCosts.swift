package import Quantities

/// What a world's messages cost beside their bytes, measured in that world just before it is predicted.
package struct LabCosts: Codable, Hashable {
  /// Between hosts, and between ranks of one host; the second is nil where a host has one rank.
  package var network: MessageCost
  package var memory: MessageCost?
  /// Bytes a second of a message between ranks of one host, while nothing else runs.
  package var copy: Bandwidth?
  /// Bytes a second of a segment that is added to another.
  package var sum: Bandwidth

  package init(network: MessageCost, memory: MessageCost? = nil, copy: Bandwidth? = nil, sum: Bandwidth) {
    (self.network, self.memory, self.copy, self.sum) = (network, memory, copy, sum)
  }
}

/// The fixed cost of one small message.
///
///     half a round trip = overhead + latency + overhead
///     k messages in a row = k·overhead + …
///
/// Two measured points give both terms.
///
/// - Source: Culler et al. 1993, "LogP: towards a realistic model of parallel computation", PPoPP, pp. 1–12.
package struct MessageCost: Codable, Hashable {
  /// From a message's departure to its arrival.
  package var latency: SimDuration
  /// Of the processor, for each message sent and for each received.
  package var overhead: SimDuration

  /// - Parameters:
  ///   - halfRoundTrip: seconds; of a small message.
  ///   - gap: seconds from one small message to the next, many in a row.
  package init(halfRoundTrip: Double, gap: Double) {
    let overhead = min(gap, halfRoundTrip / 2)
    self.overhead = SimDuration(seconds: overhead)
    latency = SimDuration(seconds: halfRoundTrip - 2 * overhead)
  }

  package init(latency: SimDuration, overhead: SimDuration) { (self.latency, self.overhead) = (latency, overhead) }
}
