import Dispatch
import Execution
import Mesh
import PipelineSchedules
import Program
import Synchronization

/// The pieces of which a rank's step consists, whatever the order: what comes before and after the pipeline, and each of its steps.
///
/// Micro-batches between the first and the last are alike, so three show what any number of them does. Where they are not (see
/// `rehearsal`), the pieces are the whole step.
struct ProgramPieces: Sendable {
  /// What a piece does, whichever micro-batch it is for.
  private enum Part: Hashable {
    case message(String, PipelineMessage.Kind, chunk: Int)
    case action(Action.Kind, chunk: Int, Turn)
  }
  /// Of a micro-batch among those that a stage treats in one way.
  private enum Turn: Hashable { case first, middle, last }

  let isRehearsed: Bool
  /// What the rank holds between steps.
  let standing: Ledger
  /// What each segment adds to a ledger.
  let stretches: [Ledger]
  /// The segments, and the whole trace where it is no rehearsal.
  private var library = FoldedTrace()
  private var parts: [Part: [FoldedTrace.Item]] = [:]
  private var before: [FoldedTrace.Item] = []
  private var after: [FoldedTrace.Item] = []

  /// - Parameter rehearsal: the micro-batches that are traced; nil for all.
  init(_ plan: TrainingPlan, _ layout: Layout, rehearsal: PipelineSchedule?) {
    let trainer = Trainer(plan, device: NullDevice(), layout, rehearsal: rehearsal)
    let record = StepRecord()
    trainer.runner.observer = { [executor = trainer.executor] in record.note($0, at: executor.trace.nodes.count) }
    (standing, isRehearsed) = (trainer.executor.ledger, rehearsal != nil)
    let ids = Array(repeating: Int32(0), count: plan.microBatch * plan.sequence)
    let batch = MicroBatch(inputs: ids, targets: ids, firstSample: 0)
    // Shapes cannot fail, and there are no peers.
    _ = try! trainer.step(Array(repeating: batch, count: plan.accumulation))
    trainer.runner.observer = nil
    let nodes = trainer.executor.trace.nodes
    if isRehearsed {
      // The runner ends with the end of the last passage.
      let end = nodes.lastIndex(of: .passage(nil))!
      let events = nodes.eventsBefore
      before = library.folded(nodes[..<(record.steps.first?.start ?? end)], firstEvent: 0)
      let ends = record.steps.dropFirst().map(\.start) + [end]
      var turns = Turns(of: Rehearsal.microBatches)
      for ((step, start), end) in zip(record.steps, ends) {
        let part = Self.part(step, layout, &turns)
        if parts[part] == nil { parts[part] = library.folded(nodes[start..<end], firstEvent: events[start]) }
      }
      after = library.folded(nodes[end...], firstEvent: events[end])
    } else {
      before = library.folded(nodes[...], firstEvent: 0)
    }
    stretches = library.segments.map { Ledger($0.nodes) }
  }

  /// Those of several ranks, made side by side: none depends on another.
  static func all(_ plan: TrainingPlan, _ layouts: [Layout], rehearsal: PipelineSchedule?) -> [ProgramPieces] {
    let made = Mutex(layouts.map { _ in ProgramPieces?.none })
    DispatchQueue.concurrentPerform(iterations: layouts.count) { place in
      let pieces = ProgramPieces(plan, layouts[place], rehearsal: rehearsal)
      made.withLock { $0[place] = pieces }
    }
    return made.withLock { $0.map { $0! } }
  }

  /// The trace of a rank that goes through these steps.
  func trace(of layout: Layout, _ steps: [PipelineStep]) -> FoldedTrace {
    guard isRehearsed else { return FoldedTrace(library.segments, before) }
    var items = before
    items.reserveCapacity(before.count + after.count + 3 * steps.count)
    var turns = Turns(of: layout.schedule.microBatches)
    let peers = layout.mesh.group(of: layout.rank, in: .pipeline)
    for step in steps {
      for item in parts[Self.part(step, layout, &turns)]! { items.append(Self.redirected(item, step, peers)) }
    }
    return FoldedTrace(library.segments, items + after)
  }

  private static func part(_ step: PipelineStep, _ layout: Layout, _ turns: inout Turns) -> Part {
    let chunk = { layout.schedule.chunk(of: $0) }
    switch step {
    case .post(let message): return .message("post", message.kind, chunk: chunk(message.consumer))
    case .await(let message): return .message("await", message.kind, chunk: chunk(message.consumer))
    case .send(let message): return .message("send", message.kind, chunk: chunk(message.stage))
    case .complete(let message): return .message("complete", message.kind, chunk: chunk(message.stage))
    case .run(let action): return .action(action.kind, chunk: chunk(action.stage), turns.next(action))
    }
  }

  /// Counts the turns of every kind of action on every stage.
  private struct Turns {
    private struct Key: Hashable {
      var kind: Action.Kind
      var stage: Int
    }
    private let microBatches: Int
    private var taken: [Key: Int] = [:]

    init(of microBatches: Int) { self.microBatches = microBatches }

    mutating func next(_ action: Action) -> Turn {
      let number = taken[Key(kind: action.kind, stage: action.stage), default: 0]
      taken[Key(kind: action.kind, stage: action.stage)] = number + 1
      return number == 0 ? .first : number == microBatches - 1 ? .last : .middle
    }
  }

  /// The item for the micro-batch of `step`, and the peers of another rank.
  private static func redirected(
    _ item: FoldedTrace.Item, _ step: PipelineStep, _ peers: [Int]
  ) -> FoldedTrace.Item {
    switch (item, step) {
    case (.passage(.some), .run(let action)): .passage(Passage(action))
    case (.post(let message, let stream), .post(let own)): .post(message.with(own.tag, peers[own.from]), stream)
    case (.post(let message, let stream), .send(let own)): .post(message.with(own.tag, peers[own.to]), stream)
    case (.complete(let message, let stream), .await(let own)):
      .complete(message.with(own.tag, peers[own.from]), stream)
    case (.complete(let message, let stream), .complete(let own)):
      .complete(message.with(own.tag, peers[own.to]), stream)
    default: item
    }
  }
}

extension [Trace.Node] {
  /// For every node, how many events are recorded before it.
  fileprivate var eventsBefore: [Int] {
    var count = 0
    return map { node in
      defer { if case .record = node { count += 1 } }
      return count
    }
  }
}

/// Where in a trace the steps of a schedule begin.
private final class StepRecord {
  private(set) var steps: [(step: PipelineStep, start: Int)] = []

  func note(_ step: PipelineStep, at node: Int) { steps.append((step, node)) }
}

extension PipelineMessage {
  /// The stage that takes it.
  fileprivate var consumer: Int { kind == .activation ? stage + 1 : stage - 1 }
}

extension Message {
  fileprivate func with(_ tag: Int, _ peer: Int) -> Message {
    Message(direction, scope: scope, peer: peer, tag: tag, count: count, type: type)
  }
}
