import PipelineSchedules

/// Executes a plan under pure rendezvous: a completion waits until the receiver has posted, an await until the sender has
/// sent. Says which rules a plan breaks.
struct PlanSimulator {
  private let schedule: PipelineSchedule
  private let plan: CommunicationPlan
  private var progress: [Int]
  private enum Phase: String, CaseIterable { case posted, awaited, sent, completed }
  private var messages: [Phase: Set<PipelineMessage>] = [:]
  private var done: Set<Action> = []
  private(set) var faults: [String] = []
  /// Per rank, the most messages that were sent and not completed at once.
  private(set) var mostOutstanding: [Int]
  private var outstanding: [Int]

  init(_ schedule: PipelineSchedule, _ plan: CommunicationPlan) {
    (self.schedule, self.plan) = (schedule, plan)
    progress = Array(repeating: 0, count: schedule.ranks)
    outstanding = progress
    mostOutstanding = progress
    var moves = true
    while moves {
      moves = false
      for rank in 0..<schedule.ranks {
        while progress[rank] < plan.steps[rank].count, step(plan.steps[rank][progress[rank]], rank) {
          progress[rank] += 1
          moves = true
        }
      }
    }
    checkEnd()
  }

  /// Whether some rank waits for ever.
  var isStuck: Bool { zip(progress, plan.steps).contains { $0 < $1.count } }

  /// False where the rank has to wait.
  private mutating func step(_ step: PipelineStep, _ rank: Int) -> Bool {
    switch step {
    case .post(let message): note(message, rank == message.to, .posted)
    case .await(let message):
      guard has(.sent, message) else { return false }
      if !has(.posted, message) { faults.append("\(message) awaited, not posted") }
      note(message, rank == message.to, .awaited)
    case .run(let action): run(action)
    case .send(let message):
      note(message, rank == message.from, .sent)
      outstanding[rank] += 1
      mostOutstanding[rank] = max(mostOutstanding[rank], outstanding[rank])
    case .complete(let message):
      guard has(.posted, message) else { return false }
      if !has(.sent, message) { faults.append("\(message) completed, not sent") }
      note(message, rank == message.from, .completed)
      outstanding[rank] -= 1
    }
    return true
  }

  private func has(_ phase: Phase, _ message: PipelineMessage) -> Bool { messages[phase]?.contains(message) ?? false }

  private mutating func note(_ message: PipelineMessage, _ isOwn: Bool, _ phase: Phase) {
    if !isOwn { faults.append("\(message) \(phase.rawValue) on the wrong rank") }
    if has(phase, message) { faults.append("\(message) \(phase.rawValue) twice") }
    messages[phase, default: []].insert(message)
  }

  private mutating func run(_ action: Action) {
    let (stage, microBatch) = (action.stage, action.microBatch)
    if let message = schedule.message(into: action) {
      if !has(.awaited, message) { faults.append("\(action) ran without \(message)") }
    } else if action.kind == .forward, let before = schedule.stage(before: stage) {
      let isThere = done.contains(Action(.forward, stage: before, microBatch: microBatch))
      if !isThere { faults.append("\(action) ran without its own rank's input") }
    }
    if action.kind != .forward && !done.contains(Action(.forward, stage: stage, microBatch: microBatch)) {
      faults.append("\(action) ran before its forward")
    }
    done.insert(action)
  }

  private mutating func checkEnd() {
    guard !isStuck else { return faults.append("stuck at \(progress)") }
    let expected = Set((0..<schedule.ranks).flatMap(schedule.actions).compactMap(schedule.message(outOf:)))
    for phase in Phase.allCases where messages[phase] ?? [] != expected {
      faults.append("\(messages[phase]?.count ?? 0) messages \(phase.rawValue), not \(expected.count)")
    }
    if done.count != (0..<schedule.ranks).reduce(0, { $0 + schedule.actions(of: $1).count }) {
      faults.append("not every action ran once")
    }
  }
}
