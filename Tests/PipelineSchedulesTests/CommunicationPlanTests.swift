import PipelineSchedules
import Testing

@Suite struct CommunicationPlanTests {
  @Test(arguments: ScheduleName.allCases)
  func `no plan deadlocks under rendezvous, and every message passes once`(_ name: ScheduleName) {
    for sample in Sample.of(name, ranks: 1...8, microBatches: 1...16) {
      guard let schedule = sample.schedule else { continue }
      let faults = PlanSimulator(schedule, CommunicationPlan(schedule)).faults
      #expect(faults.isEmpty, "\(sample): \(faults.prefix(3))")
    }
  }

  @Test func `completing a send right after the next action deadlocks breadth-first`() throws {
    let schedule = try PipelineSchedule.make(.loopedBFS, ranks: 2, microBatches: 8, chunks: 2)
    let counts = (0..<2).map { schedule.actions(of: $0).count }
    let eager = CommunicationPlan(schedule) { message, number in
      number + 2 < counts[message.from] ? number + 2 : nil
    }
    #expect(PlanSimulator(schedule, eager).isStuck)
    #expect(!PlanSimulator(schedule, CommunicationPlan(schedule)).isStuck)
  }

  @Test(arguments: 2...8)
  func `1F1B in its steady state has at most two sends under way on a rank`(_ ranks: Int) throws {
    for microBatches in 1...16 {
      let schedule = try PipelineSchedule.make(.oneForwardOneBackward, ranks: ranks, microBatches: microBatches)
      let steps = CommunicationPlan(schedule).steps
      for rank in 0..<ranks {
        let most = steadyOutstanding(steps[rank])
        #expect(most <= 2, "p\(ranks) m\(microBatches) rank \(rank)")
      }
    }
  }

  /// The most sends under way from the first backward to the last forward. What the warm-up sends is under way until the
  /// first backward, since nothing earlier tells a rank how far the next one is; likewise what the cool-down sends.
  private func steadyOutstanding(_ steps: [PipelineStep]) -> Int {
    var (outstanding, most, isSteady) = (0, 0, false)
    let last = steps.lastIndex { if case .run(let action) = $0 { action.kind == .forward } else { false } }!
    for step in steps[...last] {
      switch step {
      case .run(let action): isSteady = isSteady || action.kind == .backward
      case .send: outstanding += 1
      case .complete: outstanding -= 1
      default: break
      }
      if isSteady { most = max(most, outstanding) }
    }
    return most
  }

  @Test(arguments: ScheduleName.allCases)
  func `a receive is posted one action ahead, and awaited right before its action`(_ name: ScheduleName) throws {
    let schedule = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
    for steps in CommunicationPlan(schedule).steps {
      for (index, step) in steps.enumerated() {
        guard case .await(let message) = step else { continue }
        guard case .run(let action) = steps[index + 1] else {
          Issue.record("no action after \(step)")
          continue
        }
        #expect(schedule.message(into: action) == message)
        let between = steps[steps.firstIndex(of: .post(message))!..<index]
        let runs = between.count { if case .run = $0 { true } else { false } }
        let isFirst = !steps[..<index].contains { if case .run = $0 { true } else { false } }
        #expect(runs == (isFirst ? 0 : 1))
      }
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `tags tell all messages of a step apart`(_ name: ScheduleName) throws {
    let schedule = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
    let messages = (0..<4).flatMap(schedule.actions).compactMap(schedule.message(outOf:))
    #expect(Set(messages.map(\.tag)).count == messages.count)
    #expect(messages.allSatisfy { $0.from != $0.to && $0.tag >= 0 })
  }

  @Test func `neighbouring stages on one rank send nothing`() throws {
    let schedule = try PipelineSchedule.make(.zeroBubbleV, ranks: 4, microBatches: 8)
    #expect(schedule.message(outOf: Action(.forward, stage: 3, microBatch: 0)) == nil)
    #expect(schedule.message(outOf: Action(.backwardInput, stage: 4, microBatch: 0)) == nil)
    let down = schedule.message(outOf: Action(.forward, stage: 2, microBatch: 5))
    #expect(down?.description == "activation of micro-batch 5 from stage 2, rank 2 to 3")
    #expect(down?.tag == 2 * 8 + 5)
    #expect(schedule.message(outOf: Action(.backwardInput, stage: 2, microBatch: 5))?.tag == (8 + 2) * 8 + 5)
    let one = try PipelineSchedule.make(.interleaved, ranks: 1, microBatches: 4)
    let steps = CommunicationPlan(one).steps[0]
    #expect(steps == one.actions(of: 0).map { .run($0) })
  }

  @Test func `the plan of two ranks and two micro-batches, step by step`() throws {
    let schedule = try PipelineSchedule.make(.oneForwardOneBackward, ranks: 2, microBatches: 2)
    let text = CommunicationPlan(schedule).steps.map { $0.map(brief).joined(separator: " ") }
    #expect(
      text == [
        "0F0 send0F0 post1B0 0F1 send0F1 complete0F0 complete0F1 post1B1 await1B0 0B0 await1B1 0B1",
        "post0F0 await0F0 1F0 post0F1 1B0 send1B0 complete1B0 await0F1 1F1 1B1 send1B1 complete1B1",
      ])
  }

  private func brief(_ step: PipelineStep) -> String {
    let name = { (message: PipelineMessage) in
      "\(message.stage)\(message.kind == .activation ? "F" : "B")\(message.microBatch)"
    }
    return switch step {
    case .post(let message): "post" + name(message)
    case .await(let message): "await" + name(message)
    case .run(let action): "\(action)"
    case .send(let message): "send" + name(message)
    case .complete(let message): "complete" + name(message)
    }
  }
}
