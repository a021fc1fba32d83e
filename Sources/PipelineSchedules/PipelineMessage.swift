/// What one stage hands to the stage after or before it, on another rank.
package struct PipelineMessage: Hashable, Sendable, CustomStringConvertible {
  /// Which way it goes through the model.
  package enum Kind: Int, Hashable, Sendable, CaseIterable {
    /// The output of a forward, for the stage after.
    case activation
    /// The input gradient of a backward, for the stage before.
    case gradient
  }

  package var kind: Kind
  /// The stage that produced it.
  package var stage: Int
  /// As its actions count it: each direction of a bidirectional schedule from 0.
  package var microBatch: Int
  /// The sending rank.
  package var from: Int
  /// The receiving rank.
  package var to: Int
  /// Unique among all messages of a step.
  package var tag: Int

  package var description: String {
    "\(kind == .activation ? "activation" : "gradient") of micro-batch \(microBatch) from stage \(stage), "
      + "rank \(from) to \(to)"
  }
}

extension PipelineSchedule {
  /// The message that `action` waits for; nil where its input is on its own rank.
  package func message(into action: Action) -> PipelineMessage? {
    switch action.kind {
    case .forward: stage(before: action.stage).flatMap { message(.activation, from: $0, to: action) }
    case .backward, .backwardInput: stage(after: action.stage).flatMap { message(.gradient, from: $0, to: action) }
    case .backwardWeight: nil
    }
  }

  /// The message that `action` makes; nil where its output stays on its own rank, or nobody needs it.
  package func message(outOf action: Action) -> PipelineMessage? {
    let consumer: Int? =
      switch action.kind {
      case .forward: stage(after: action.stage)
      case .backward, .backwardInput: stage(before: action.stage)
      case .backwardWeight: nil
      }
    return consumer.flatMap { message(into: Action(action.kind, stage: $0, microBatch: action.microBatch)) }
  }

  /// Tags of messages are below this.
  var messageTags: Int { PipelineMessage.Kind.allCases.count * stageCount * microBatches }

  private func message(_ kind: PipelineMessage.Kind, from stage: Int, to action: Action) -> PipelineMessage? {
    let (from, to) = (rank(of: stage), rank(of: action.stage))
    guard from != to else { return nil }
    return PipelineMessage(
      kind: kind, stage: stage, microBatch: action.microBatch, from: from, to: to,
      tag: (kind.rawValue * stageCount + stage) * microBatches + action.microBatch)
  }
}
