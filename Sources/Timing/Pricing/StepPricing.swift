package import Program
package import Quantities

/// A kernel, or work of the host, with its time.
package struct PricedWork: Hashable, Sendable {
  /// The first node of the trace whose operations it belongs to.
  package var node: Int
  package var stream: Program.Stream
  package var activity: Activity
  package var name: String
  package var duration: SimDuration
  /// Of the host's thread, to issue it.
  package var issue: SimDuration

  package init(
    node: Int, stream: Program.Stream, activity: Activity, name: String, duration: SimDuration,
    issue: SimDuration = .zero
  ) {
    (self.node, self.stream, self.activity, self.name) = (node, stream, activity, name)
    (self.duration, self.issue) = (duration, issue)
  }
}

/// What everything in a trace takes, on one kind of machine.
package protocol StepPricing {
  /// The work of `rank` in a stretch without messages, in issue order.
  func work(of trace: Trace, rank: Int) throws -> [PricedWork]
  func duration(of transfer: Transfer) throws -> SimDuration
  /// A message from one global rank to another.
  func duration(of bytes: ByteCount, from: Int, to: Int) throws -> SimDuration
}
