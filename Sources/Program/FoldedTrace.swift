import Quantities

/// A trace whose equal stretches are stored once: a step of thousands of micro-batches is a list of a few segments, again and again.
///
/// A trace is cut where a passage begins or ends and at every message. `unfolded` gives it back, node for node.
package struct FoldedTrace: Hashable, Sendable {
  /// Nodes without messages and passages. Events are counted from the segment's own first; older ones are negative.
  package struct Segment: Hashable, Sendable {
    /// The phase of the step that it begins in.
    package var phase: String
    package var nodes: [Trace.Node]

    package init(phase: String, nodes: [Trace.Node]) { (self.phase, self.nodes) = (phase, nodes) }

    /// Few segments are of one length and begin alike: their nodes are compared, not hashed one by one.
    package func hash(into hasher: inout Hasher) {
      hasher.combine(phase)
      hasher.combine(nodes.count)
      hasher.combine(nodes.first)
    }
  }

  package enum Item: Hashable, Sendable {
    /// Index into `segments`.
    case segment(Int)
    /// What follows belongs to this passage; to none from nil on.
    case passage(Passage?)
    case post(Message, Stream)
    case complete(Message, Stream)
  }

  package private(set) var segments: [Segment] = []
  package private(set) var items: [Item] = []
  private var known: [Segment: Int] = [:]
  private var phase = ""
  /// Recorded so far.
  private var events = 0

  package init() {}

  package init(_ trace: Trace) { append(trace.nodes) }

  /// Items of segments that are known.
  package init(_ segments: [Segment], _ items: [Item]) { (self.segments, self.items) = (segments, items) }

  /// The same items whatever order their segments are stored in.
  package static func == (a: FoldedTrace, b: FoldedTrace) -> Bool {
    a.items.count == b.items.count && zip(a.items, b.items).allSatisfy { a.content($0) == b.content($1) }
  }

  package func hash(into hasher: inout Hasher) {
    for item in items { hasher.combine(content(item)) }
  }

  private enum Content: Hashable {
    case segment(Segment)
    case item(Item)
  }

  private func content(_ item: Item) -> Content {
    if case .segment(let index) = item { .segment(segments[index]) } else { .item(item) }
  }
}

extension FoldedTrace {
  /// More nodes of the same trace.
  package mutating func append(_ nodes: some Sequence<Trace.Node>) {
    var open: [Trace.Node] = []
    for node in nodes {
      switch node {
      case .passage(let passage): cut(&open, .passage(passage))
      case .post(let message, let stream): cut(&open, .post(message, stream))
      case .complete(let message, let stream): cut(&open, .complete(message, stream))
      case .allocate, .free, .operation, .transfer, .record, .wait, .phase: open.append(node)
      }
    }
    close(&open)
  }

  /// What a part of a trace is as items of this trace's segments, of which there may be more afterwards.
  ///
  /// - Parameter firstEvent: how many events the trace records before.
  package mutating func folded(_ nodes: some Sequence<Trace.Node>, firstEvent: Int) -> [Item] {
    let first = items.count
    events = firstEvent
    append(nodes)
    return Array(items[first...])
  }

  private mutating func append(_ item: Item) {
    if case .segment(let index) = item {
      phase = segments[index].lastPhase
      events += segments[index].events
    }
    items.append(item)
  }

  /// The segment's index in `segments`, where it is entered unless it is there.
  private mutating func intern(_ segment: Segment) -> Int {
    if let index = known[segment] { return index }
    known[segment] = segments.count
    segments.append(segment)
    return segments.count - 1
  }

  private mutating func cut(_ open: inout [Trace.Node], _ item: Item) {
    close(&open)
    items.append(item)
  }

  private mutating func close(_ open: inout [Trace.Node]) {
    guard !open.isEmpty else { return }
    append(.segment(intern(Segment(phase: phase, nodes: open.map { $0.shifted(by: -events) }))))
    open.removeAll(keepingCapacity: true)
  }
}

extension FoldedTrace.Segment {
  fileprivate var lastPhase: String {
    for node in nodes.reversed() { if case .phase(let name) = node { return name } }
    return phase
  }

  /// Events that the segment records.
  package var events: Int { nodes.reduce(0) { if case .record = $1 { $0 + 1 } else { $0 } } }

  /// The segment with its events counted from `first`.
  fileprivate func nodes(from first: Int) -> [Trace.Node] { nodes.map { $0.shifted(by: first) } }
}

extension FoldedTrace {
  /// The trace as it was.
  package var unfolded: Trace {
    var trace = Trace()
    var events = 0
    for item in items {
      switch item {
      case .segment(let index):
        trace.nodes += segments[index].nodes(from: events)
        events += segments[index].events
      case .passage(let passage): trace.nodes.append(.passage(passage))
      case .post(let message, let stream): trace.nodes.append(.post(message, stream))
      case .complete(let message, let stream): trace.nodes.append(.complete(message, stream))
      }
    }
    return trace
  }

  /// How often each segment occurs.
  package var counts: [Int] {
    items.reduce(into: Array(repeating: 0, count: segments.count)) { counts, item in
      if case .segment(let index) = item { counts[index] += 1 }
    }
  }
}

extension Trace.Node {
  fileprivate func shifted(by offset: Int) -> Trace.Node {
    switch self {
    case .record(let event, let stream): .record(Event(index: event.index + offset), stream)
    case .wait(let event, let stream): .wait(Event(index: event.index + offset), stream)
    default: self
    }
  }
}
