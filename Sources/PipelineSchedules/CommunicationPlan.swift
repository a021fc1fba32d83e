/// One step of a rank that executes a schedule.
package enum PipelineStep: Hashable, Sendable {
  /// Gives a buffer to a message that will come. Does not wait.
  case post(PipelineMessage)
  /// Waits until a posted message is there.
  case await(PipelineMessage)
  case run(Action)
  /// Hands a message over to be sent. Does not wait.
  case send(PipelineMessage)
  /// Waits until a message was taken over; its buffer is free then.
  case complete(PipelineMessage)
}

/// A valid schedule lowered to computations and point-to-point messages, rank by rank.
///
/// Around every action, in this order: sends that are due are completed; the message of the action after is posted, so
/// that it can travel meanwhile; the action's own message is awaited; the action runs; its message is sent.
///
/// - Deadlock: none, even if a send completes only once its message is posted. A send is completed before the first
///   action that could not start anyway before the receiver had posted, so no wait adds an edge to the causal order.
/// - Memory: a rank holds a message from its send to its completion.
package struct CommunicationPlan: Hashable, Sendable {
  /// Per rank, in issue order.
  package let steps: [[PipelineStep]]

  /// - Precondition: `schedule.violations()` is empty.
  package init(_ schedule: PipelineSchedule) {
    let order = CausalOrder(schedule)
    let posts = order.actions.map { Posts(of: $0, in: schedule) }
    self.init(schedule, order, posts) { message, number in
      let post = posts[message.to].actionBefore[message]!
      return order.first(on: message.from, after: number, following: post, of: message.to)
    }
  }

  /// A plan whose sends are completed by another rule: right before which action of the sender, or nil for the end.
  ///
  /// Anything later than the plan's own rule is safe; anything earlier can deadlock.
  package init(
    _ schedule: PipelineSchedule, completing rule: (_ message: PipelineMessage, _ sender: Int) -> Int?
  ) {
    let order = CausalOrder(schedule)
    self.init(schedule, order, order.actions.map { Posts(of: $0, in: schedule) }, rule)
  }

  private init(
    _ schedule: PipelineSchedule, _ order: CausalOrder, _ posts: [Posts],
    _ rule: (_ message: PipelineMessage, _ sender: Int) -> Int?
  ) {
    steps = (0..<schedule.ranks).map { rank in
      let actions = order.actions[rank]
      var due: [[PipelineMessage]] = Array(repeating: [], count: actions.count + 1)
      for (number, action) in actions.enumerated() {
        guard let message = schedule.message(outOf: action) else { continue }
        due[rule(message, number) ?? actions.count].append(message)
      }
      return actions.indices.flatMap { number -> [PipelineStep] in
        due[number].map { .complete($0) } + posts[rank].before[number].map { .post($0) }
          + (schedule.message(into: actions[number]).map { [.await($0)] } ?? [])
          + [.run(actions[number])] + (schedule.message(outOf: actions[number]).map { [.send($0)] } ?? [])
      } + due[actions.count].map { .complete($0) }
    }
  }
}

/// The messages that a rank posts: each one action before the one that takes it.
private struct Posts {
  /// Per action of the rank.
  var before: [[PipelineMessage]]
  var actionBefore: [PipelineMessage: Int] = [:]

  init(of actions: [Action], in schedule: PipelineSchedule) {
    before = Array(repeating: [], count: actions.count)
    for (number, action) in actions.enumerated() {
      guard let message = schedule.message(into: action) else { continue }
      actionBefore[message] = max(0, number - 1)
      before[max(0, number - 1)].append(message)
    }
  }
}
