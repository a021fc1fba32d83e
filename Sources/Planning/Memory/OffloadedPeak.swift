import Program
package import Quantities

/// The most that one rank keeps in its host's memory, and when in the step that is.
package struct OffloadedPeak: Hashable, Sendable {
  package var bytes: ByteCount
  package var moment: StepMoment

  package init(_ bytes: ByteCount, _ moment: StepMoment) { (self.bytes, self.moment) = (bytes, moment) }

  /// By walking a step: optimizer state lies there all along, a copy of a unit's gradient while it is updated.
  ///
  /// - Parameter standing: what lies there between steps.
  /// - Returns: nil where nothing ever does.
  init?(_ trace: FoldedTrace, standing: ByteCount) {
    let stretches = trace.segments.map { OffloadedStretch($0.nodes) }
    var (live, most, place) = (standing.value, standing.value, Int?.none)
    for (number, item) in trace.items.enumerated() {
      guard case .segment(let index) = item else { continue }
      if live + stretches[index].most > most { (most, place) = (live + stretches[index].most, number) }
      live += stretches[index].change
    }
    guard most > 0 else { return nil }
    self.init(ByteCount(most), trace.moment(of: place))
  }
}

/// What a segment adds to the host's memory, and the most that it adds on its way.
private struct OffloadedStretch {
  var (change, most) = (0, 0)

  init(_ nodes: [Trace.Node]) {
    for node in nodes {
      switch node {
      case .allocate(let bytes, .offloaded): change += bytes.value
      case .free(let bytes, .offloaded): change -= bytes.value
      default: continue
      }
      most = max(most, change)
    }
  }
}
