import Mesh
package import Program
package import Quantities
package import Timing

/// Times that can be read off a trace: an operation of n values takes n picoseconds, whatever it computes.
///
///     work: n        issue: i per operation        collective: c · n        message: hop + w · bytes
package struct CountedPricing: StepPricing, Sendable {
  /// Picoseconds of the host per operation.
  package var issue = 0
  /// Picoseconds per value of a collective.
  package var collective = 0
  /// Picoseconds of a message: of any, and per byte.
  package var hop = 0
  package var wire = 0

  package init(issue: Int = 0, collective: Int = 0, hop: Int = 0, wire: Int = 0) {
    (self.issue, self.collective, self.hop, self.wire) = (issue, collective, hop, wire)
  }

  package func work(of trace: Trace, rank: Int) -> [PricedWork] {
    trace.nodes.enumerated().compactMap { place, node in
      guard case .operation(.fill(let count, _, _), let stream) = node else { return nil }
      return PricedWork(
        node: place, stream: stream, activity: stream == .host ? .offload : .elementwise, name: "fill",
        duration: SimDuration(picoseconds: count), issue: SimDuration(picoseconds: stream == .host ? 0 : issue))
    }
  }

  package func duration(of transfer: Transfer) -> SimDuration {
    SimDuration(picoseconds: collective * transfer.count)
  }

  package func duration(of bytes: ByteCount, from: Int, to: Int) -> SimDuration {
    SimDuration(picoseconds: hop + wire * bytes.value)
  }
}

extension Trace.Node {
  /// Work of so many picoseconds.
  package static func work(_ picoseconds: Int, on stream: Program.Stream = .compute) -> Trace.Node {
    .operation(.fill(count: picoseconds, value: 0, .float32), stream)
  }
}
