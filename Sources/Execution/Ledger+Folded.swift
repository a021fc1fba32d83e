package import Program
import Quantities

extension Ledger {
  /// The totals of a step that begins with what this ledger holds, and the item of the trace at which it holds the most.
  ///
  /// - Parameter stretches: what each segment of the trace adds to a ledger.
  package func stepping(
    through trace: FoldedTrace, _ stretches: [Ledger]
  ) -> (ledger: Ledger, peakItem: Int?) {
    var ledger = self
    ledger.beginStep()
    var held = HeldMemory(ledger)
    let holdings = stretches.map(HeldMemory.init)
    var peakItem: Int?
    for (place, item) in trace.items.enumerated() {
      switch item {
      case .segment(let index):
        if held.goThrough(holdings[index]) { peakItem = place }
      case .post(let message, _): ledger.posted(message)
      case .complete, .passage: break
      }
    }
    ledger.hold(held)
    for (stretch, count) in zip(stretches, trace.counts) { ledger.enter(stretch, times: count) }
    return (ledger, peakItem)
  }

  /// What nodes add to a ledger, whatever it holds: `live` is negative where they free what was there.
  package init(_ nodes: [Trace.Node]) {
    self.init()
    for node in nodes { enter(node) }
  }

  private mutating func enter(_ node: Trace.Node) {
    switch node {
    case .allocate(let bytes, let category): allocated(bytes, category)
    case .free(let bytes, let category): freed(bytes, category)
    case .operation(let operation, _): launched(operation)
    case .transfer(let transfer, _): transferred(transfer)
    case .post(let message, _): posted(message)
    case .complete, .record, .wait, .phase, .passage: break
    }
  }
}
