import Mesh
package import Program
import Quantities
package import Timing

/// What waits for what in a step, written down edge by edge from the traces; solved by longest paths. A second opinion on
/// `StepSimulation`, with none of its clocks.
package struct DependencyGraph {
  /// What the graph expects of a timeline.
  package struct Span: Hashable, Sendable {
    package var track: Int
    package var stream: Program.Stream
    package var name: String
    package var start, duration: Int
  }

  struct Node {
    var duration = 0
    var after: [Int] = []
  }
  struct Shown {
    var node, track: Int
    var stream: Program.Stream
    var name: String
    var isWork: Bool
  }

  var nodes = [Node()]
  var shown: [Shown] = []
  private(set) var starts: [Int] = []

  /// - Errors: what the pricing cannot price.
  package init(_ tracks: [RankTrack], _ pricing: any StepPricing) throws {
    var links = GraphLinks(ranks: Set(tracks.map(\.rank)))
    for (place, track) in tracks.enumerated() {
      var walk = GraphWalk(track, place, pricing)
      try walk.run(&self, &links)
    }
    starts = solved()
  }

  mutating func add(_ duration: Int, after: [Int]) -> Int {
    nodes.append(Node(duration: duration, after: after))
    return nodes.count - 1
  }

  /// Every node's start, in an order in which all it waits for comes first.
  private func solved() -> [Int] {
    var waiting = nodes.map(\.after.count)
    var followers: [[Int]] = Array(repeating: [], count: nodes.count)
    for (node, content) in nodes.enumerated() { for before in content.after { followers[before].append(node) } }
    var starts = Array(repeating: 0, count: nodes.count)
    var (ready, done) = (waiting.indices.filter { waiting[$0] == 0 }, 0)
    while let node = ready.popLast() {
      done += 1
      for follower in followers[node] {
        starts[follower] = max(starts[follower], starts[node] + nodes[node].duration)
        waiting[follower] -= 1
        if waiting[follower] == 0 { ready.append(follower) }
      }
    }
    precondition(done == nodes.count, "\(nodes.count - done) nodes wait for each other")
    return starts
  }

  /// When everything is done.
  package var makespan: Int { nodes.indices.map { starts[$0] + nodes[$0].duration }.max()! }

  /// What is to be seen, by track, stream and start.
  package var spans: [Span] {
    shown.map {
      Span(
        track: $0.track, stream: $0.stream, name: $0.name, start: starts[$0.node], duration: nodes[$0.node].duration)
    }
  }

  /// Picoseconds of work on one stream of a track.
  package func work(of track: Int, on stream: Program.Stream) -> Int {
    shown.reduce(0) { $1.isWork && $1.track == track && $1.stream == stream ? $0 + nodes[$1.node].duration : $0 }
  }

  /// Picoseconds of a track's collectives, and of the messages it sends.
  package func communication(of track: Int) -> Int {
    shown.reduce(0) { !$1.isWork && $1.track == track ? $0 + nodes[$1.node].duration : $0 }
  }
}
