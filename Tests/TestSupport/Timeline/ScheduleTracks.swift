import Mesh
package import PipelineSchedules
import Program
import Quantities
package import Timing

extension PipelineSchedule {
  /// The ranks of this schedule as traces of nothing but its passages and messages, with times of a full stage in picoseconds.
  ///
  /// - Precondition: a chunk's part of each time is a whole number.
  package func tracks(forward: Int, backwardInput: Int, backwardWeight: Int) -> [RankTrack] {
    let share = placement == .bidirectional ? 1 : chunks
    let segments = PassageSegments { kind in
      let time =
        switch kind {
        case .forward: forward
        case .backward: backwardInput + backwardWeight
        case .backwardInput: backwardInput
        case .backwardWeight: backwardWeight
        }
      precondition(time.isMultiple(of: share), "\(time) ps of \(share) chunks")
      return time / share
    }
    return CommunicationPlan(self).steps.enumerated().map { rank, steps in
      RankTrack(
        label: "rank \(rank)", rank: rank, trace: FoldedTrace(segments.all, segments.items(of: steps)), programClass: 0)
    }
  }

  /// The same with every action a cell of its own: what a rank does that issues the actions of a cell one after the other.
  package var withoutOverlap: PipelineSchedule {
    PipelineSchedule(
      name: name, ranks: ranks, chunks: chunks, microBatches: microBatches, placement: placement,
      cells: cells.map { $0.flatMap { $0.actions.map { Cell($0) } } })
  }
}

/// One segment for each kind of action, and one more for each that hands its result over.
private struct PassageSegments {
  let all: [FoldedTrace.Segment]

  init(_ time: (Action.Kind) -> Int) {
    all = Action.Kind.allCases.flatMap { kind in
      let time = time(kind)
      // Three operations, the last with what is left over.
      let work = [time / 2, time / 3, time - time / 2 - time / 3].map { Trace.Node.work($0) }
      let handOver: [Trace.Node] = [.record(Event(index: 0), .compute), .wait(Event(index: 0), .pipeline)]
      return [work, work + handOver].map { FoldedTrace.Segment(phase: kind.rawValue, nodes: $0) }
    }
  }

  func items(of steps: [PipelineStep]) -> [FoldedTrace.Item] {
    var items: [FoldedTrace.Item] = []
    for (number, step) in steps.enumerated() {
      switch step {
      case .post(let message): items.append(.post(Message(message, .receive), .pipeline))
      case .await(let message): items.append(.complete(Message(message, .receive), .compute))
      case .send(let message): items.append(.post(Message(message, .send), .pipeline))
      case .complete(let message): items.append(.complete(Message(message, .send), .pipeline))
      case .run(let action):
        let sends = if number + 1 < steps.count, case .send = steps[number + 1] { 1 } else { 0 }
        let kind = Passage.Kind(rawValue: action.kind.rawValue)!
        items.append(.passage(Passage(kind, stage: action.stage, microBatch: action.microBatch)))
        items.append(.segment(2 * Action.Kind.allCases.firstIndex(of: action.kind)! + sends))
      }
    }
    return items + [.passage(nil)]
  }
}

extension Message {
  fileprivate init(_ message: PipelineMessage, _ direction: Direction) {
    self.init(
      direction, scope: .pipeline, peer: direction == .send ? message.to : message.from, tag: message.tag, count: 1,
      type: .float32)
  }
}
