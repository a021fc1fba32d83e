import Collectives
import Mesh
import Program
import Quantities
import TestSupport
import Timing

/// A rank that does this and nothing else.
func track(_ rank: Int, _ nodes: [Trace.Node], slowdown: Double = 1) -> RankTrack {
  var trace = Trace()
  trace.nodes = nodes
  return RankTrack(
    label: "rank \(rank)", rank: rank, trace: FoldedTrace(trace), programClass: rank, slowdown: slowdown)
}

func simulate(
  _ tracks: [RankTrack], _ pricing: CountedPricing = CountedPricing(), records: Bool = false
) throws -> SimulatedStep {
  var simulation = try StepSimulation(tracks, pricing, records: records)
  return try simulation.run()
}

extension Trace.Node {
  static func begin(_ microBatch: Int = 0) -> Trace.Node {
    .passage(Passage(.forward, stage: 0, microBatch: microBatch))
  }
  static let end = Trace.Node.passage(nil)

  static func send(_ tag: Int, to peer: Int) -> Trace.Node { .post(message(.send, peer, tag), .pipeline) }
  static func sent(_ tag: Int, to peer: Int) -> Trace.Node { .complete(message(.send, peer, tag), .pipeline) }
  static func receive(_ tag: Int, from peer: Int) -> Trace.Node { .post(message(.receive, peer, tag), .pipeline) }
  static func received(_ tag: Int, from peer: Int) -> Trace.Node { .complete(message(.receive, peer, tag), .compute) }

  /// The pipeline's stream goes on when the compute stream has come as far.
  static func handOver(_ event: Int) -> [Trace.Node] {
    [.record(Event(index: event), .compute), .wait(Event(index: event), .pipeline)]
  }

  /// One value is summed over these ranks.
  static func sum(
    _ count: Int, over group: [Int], _ scope: Scope = .tensor, rank: Int, on stream: Program.Stream = .compute
  ) -> Trace.Node {
    .transfer(
      Transfer(
        .allReduce, scope: scope, algorithm: .schedule(.ring), group: group, position: group.firstIndex(of: rank)!,
        count: count, type: .float32), stream)
  }

  private static func message(_ direction: Message.Direction, _ peer: Int, _ tag: Int) -> Message {
    Message(direction, scope: .pipeline, peer: peer, tag: tag, count: 1, type: .float32)
  }
}

extension StepBreakdown {
  /// Parts that are not zero, by name, in picoseconds.
  var named: [String: Int] {
    var parts = [
      "warm-up": warmUp, "drain": drain, "dependency": dependencyWait, "transfer": transferWait, "peers": peers,
      "launching": launching, "offload": offload,
    ].mapValues(\.picoseconds)
    parts["compute"] = compute.picoseconds
    for (activity, time) in exposed { parts[activity.name] = time.picoseconds }
    return parts.filter { $0.value != 0 }
  }
}
