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
    let posts = Posts(order.actions, in: schedule)
    self.init(schedule, order, posts) { message, number in
      order.first(on: message.from, after: number, following: posts.action(before: message), of: message.to)
    }
  }

  /// A plan whose sends are completed by another rule: right before which action of the sender, or nil for the end.
  ///
  /// Anything later than the plan's own rule is safe; anything earlier can deadlock.
  package init(
    _ schedule: PipelineSchedule, completing rule: (_ message: PipelineMessage, _ sender: Int) -> Int?
  ) {
    let order = CausalOrder(schedule)
    self.init(schedule, order, Posts(order.actions, in: schedule), rule)
  }

  private init(
    _ schedule: PipelineSchedule, _ order: CausalOrder, _ posts: Posts,
    _ rule: (_ message: PipelineMessage, _ sender: Int) -> Int?
  ) {
    steps = (0..<schedule.ranks).map { rank in
      let actions = order.actions[rank]
      let sent = actions.map(schedule.message(outOf:))
      var due: [[PipelineMessage]] = Array(repeating: [], count: actions.count + 1)
      for (number, message) in sent.enumerated() {
        if let message { due[rule(message, number) ?? actions.count].append(message) }
      }
      var steps: [PipelineStep] = []
      steps.reserveCapacity(5 * actions.count)
      for (number, action) in actions.enumerated() {
        for message in due[number] { steps.append(.complete(message)) }
        for message in posts.before[rank][number] { steps.append(.post(message)) }
        if let message = schedule.message(into: action) { steps.append(.await(message)) }
        steps.append(.run(action))
        if let message = sent[number] { steps.append(.send(message)) }
      }
      for message in due[actions.count] { steps.append(.complete(message)) }
      return steps
    }
  }
}

/// The messages that ranks post: each one action before the one that takes it.
private struct Posts {
  /// Per rank and action.
  private(set) var before: [[[PipelineMessage]]]
  /// Per message, by its tag.
  private var actions: [Int]

  init(_ actions: [[Action]], in schedule: PipelineSchedule) {
    before = actions.map { Array(repeating: [], count: $0.count) }
    self.actions = Array(repeating: 0, count: schedule.messageTags)
    for (rank, own) in actions.enumerated() {
      for (number, action) in own.enumerated() {
        guard let message = schedule.message(into: action) else { continue }
        self.actions[message.tag] = max(0, number - 1)
        before[rank][max(0, number - 1)].append(message)
      }
    }
  }

  /// The receiver's action before which it posts a message.
  func action(before message: PipelineMessage) -> Int { actions[message.tag] }
}
