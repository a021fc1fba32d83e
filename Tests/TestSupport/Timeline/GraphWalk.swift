import Collectives
import Mesh
import Program
import Quantities
import Timing

/// Nodes that several ranks share.
struct GraphLinks {
  struct Letter: Hashable {
    var from, to, tag: Int
  }
  struct Pair: Hashable {
    var from, to: Int
  }
  struct Meeting: Hashable {
    var scope: Scope
    var group: [Int]
    var number: Int
  }

  let ranks: Set<Int>
  var letters: [Letter: Int] = [:]
  /// The message of a pair that its receiver gave a place last: a pair carries one at a time, in this order.
  var placed: [Pair: Int] = [:]
  var meetings: [Meeting: Int] = [:]
}

/// Writes one rank's nodes into a graph.
struct GraphWalk {
  private struct MeetingKind: Hashable {
    var scope: Scope
    var group: [Int]
  }
  private let track: RankTrack
  private let place: Int
  private let pricing: any StepPricing
  /// The last node of each stream, and of the host's thread.
  private var last: [Program.Stream: Int] = [:]
  private var issued = 0
  /// Events, counted through the trace.
  private var events: [Int: Int] = [:]
  private var firstEvent = 0
  private var met: [MeetingKind: Int] = [:]

  init(_ track: RankTrack, _ place: Int, _ pricing: any StepPricing) {
    (self.track, self.place, self.pricing) = (track, place, pricing)
  }

  mutating func run(_ graph: inout DependencyGraph, _ links: inout GraphLinks) throws {
    for item in track.trace.items {
      switch item {
      case .segment(let index): try segment(track.trace.segments[index], &graph, &links)
      case .passage: break
      case .post(let message, let stream): try post(message, stream, &graph, &links)
      case .complete(let message, let stream): try complete(message, stream, &graph, &links)
      }
    }
  }

  private mutating func segment(
    _ segment: FoldedTrace.Segment, _ graph: inout DependencyGraph, _ links: inout GraphLinks
  ) throws {
    var trace = Trace()
    trace.nodes = [.phase(segment.phase)] + segment.nodes
    let works = Dictionary(grouping: try pricing.work(of: trace, rank: track.rank), by: \.node)
    for (index, node) in trace.nodes.enumerated() {
      for work in works[index] ?? [] { add(work, &graph) }
      switch node {
      case .transfer(let transfer, let stream): try add(transfer, stream, &graph, &links)
      case .record(let event, let stream): events[firstEvent + event.index] = last[stream] ?? 0
      case .wait(let event, let stream): join(stream, events[firstEvent + event.index]!, &graph)
      default: break
      }
    }
    firstEvent += segment.events
  }

  private mutating func add(_ work: PricedWork, _ graph: inout DependencyGraph) {
    issued = graph.add(work.issue.picoseconds, after: [issued])
    let duration =
      track.slowdown == 1 ? work.duration : SimDuration(seconds: work.duration.seconds * track.slowdown)
    show(
      graph.add(duration.picoseconds, after: [last[work.stream] ?? 0, issued]), work.stream, work.name, isWork: true,
      &graph)
  }

  private mutating func show(
    _ node: Int, _ stream: Program.Stream, _ name: String, isWork: Bool,
    _ graph: inout DependencyGraph
  ) {
    last[stream] = node
    graph.shown.append(.init(node: node, track: place, stream: stream, name: name, isWork: isWork))
  }

  private mutating func join(_ stream: Program.Stream, _ node: Int, _ graph: inout DependencyGraph) {
    last[stream] = graph.add(0, after: [last[stream] ?? 0, node])
  }

  private mutating func add(
    _ transfer: Transfer, _ stream: Program.Stream, _ graph: inout DependencyGraph, _ links: inout GraphLinks
  ) throws {
    if transfer.group.count(where: links.ranks.contains) > 1 {
      let kind = MeetingKind(scope: transfer.scope, group: transfer.group)
      let key = GraphLinks.Meeting(scope: kind.scope, group: kind.group, number: met[kind, default: 0])
      met[kind, default: 0] += 1
      let node = links.meetings[key] ?? graph.add(0, after: [])
      links.meetings[key] = node
      graph.nodes[node].after.append(last[stream] ?? 0)
      last[stream] = node
    }
    let duration = try pricing.duration(of: transfer).picoseconds
    let name = "\(transfer.scope.rawValue) \(transfer.kind.rawValue)"
    show(graph.add(duration, after: [last[stream] ?? 0]), stream, name, isWork: false, &graph)
  }

  private func letter(
    _ message: Message, _ graph: inout DependencyGraph, _ links: inout GraphLinks
  ) throws -> Int {
    let isSender = message.direction == .send
    let (from, to) = isSender ? (track.rank, message.peer) : (message.peer, track.rank)
    let key = GraphLinks.Letter(from: from, to: to, tag: message.tag)
    if let known = links.letters[key] { return known }
    let duration = try pricing.duration(of: message.bytes, from: from, to: to).picoseconds
    let node = graph.add(duration, after: [])
    links.letters[key] = node
    return node
  }

  private func post(
    _ message: Message, _ stream: Program.Stream, _ graph: inout DependencyGraph, _ links: inout GraphLinks
  ) throws {
    let node = try letter(message, &graph, &links)
    graph.nodes[node].after.append(last[stream] ?? 0)
    if message.direction == .receive {
      let pair = GraphLinks.Pair(from: message.peer, to: track.rank)
      if let before = links.placed.updateValue(node, forKey: pair) { graph.nodes[node].after.append(before) }
      return
    }
    graph.shown.append(.init(node: node, track: place, stream: .pipeline, name: "pp send", isWork: false))
  }

  private mutating func complete(
    _ message: Message, _ stream: Program.Stream, _ graph: inout DependencyGraph, _ links: inout GraphLinks
  ) throws {
    join(stream, try letter(message, &graph, &links), &graph)
  }
}
