import BasicContainers
import Execution
import Mesh
import Model
import PipelineSchedules
import Program

/// Carries out one rank's part of a pipeline schedule: computations in the schedule's order, messages between them as the
/// communication plan says.
///
/// - Memory: what each micro-batch saves, until its backward pass; what arrived, until it is used; what leaves, until its message is
///   completed.
/// - Communicates: activations and their gradients with the neighbouring stages, [N, H] each, or this rank's rows of them.
final class PipelineRunner {
  private let layout: Layout
  private let executor: Executor
  private let communicator: Communicator
  private let steps: [PipelineStep]
  private let slots: StageSlots
  /// Messages that are under way.
  private var messages: [PipelineMessage: Message] = [:]
  /// Told of every step before it is carried out.
  var observer: ((PipelineStep) -> Void)?

  init(_ layout: Layout, _ executor: Executor, _ communicator: Communicator) {
    (self.layout, self.executor, self.communicator) = (layout, executor, communicator)
    steps = CommunicationPlan(layout.schedule).steps[layout.pipelineRank]
    slots = StageSlots(layout)
  }

  /// What the actions of one step share.
  struct Context: ~Copyable {
    let tensors: StepTensors
    let scale: TensorView
    let makePass: (_ microBatch: Int, _ key: TensorView) -> Pass
    let parameters: ParameterStore
    let gradients: GradientStore

    func pass(_ microBatch: Int) -> Pass { makePass(microBatch, tensors.key(microBatch)) }
  }

  /// Forward and backward passes of every micro-batch.
  func run(_ context: borrowing Context) throws {
    for step in steps {
      observer?(step)
      switch step {
      case .post(let message): try post(message, context.pass(message.microBatch))
      case .await(let message): try communicator.complete(messages.removeValue(forKey: message)!, on: .compute)
      case .run(let action): try run(action, context)
      case .send(let message): try send(message)
      case .complete(let message):
        try communicator.complete(messages.removeValue(forKey: message)!)
        slots.leaving.drop(slots.index(message.kind, message.stage, message.microBatch))
      }
    }
    executor.passage(nil)
  }

  private func post(_ message: PipelineMessage, _ pass: Pass) throws {
    let consumer = message.kind == .activation ? message.stage + 1 : message.stage - 1
    let buffer = executor.allocate(
      [pass.heldRows.count, layout.model.architecture.hidden], pass.type, .activations)
    messages[message] = try communicator.receive(
      buffer.view, from: layout.globalRank(pipelineRank: message.from), tag: message.tag, in: .pipeline)
    slots.arriving.put(buffer, slots.index(message.kind, consumer, message.microBatch))
  }

  private func send(_ message: PipelineMessage) throws {
    executor.wait(executor.record(on: .compute), on: .pipeline)
    let view = slots.leaving.view(of: slots.index(message.kind, message.stage, message.microBatch))!
    messages[message] = try communicator.send(
      view, to: layout.globalRank(pipelineRank: message.to), tag: message.tag, in: .pipeline)
  }

  private func run(_ action: Action, _ context: borrowing Context) throws {
    executor.passage(Passage(action))
    switch action.kind {
    case .forward: try forward(action, context)
    case .backward, .backwardInput: try backward(action, context)
    case .backwardWeight:
      executor.phase("backward")
      let slot = slots.index(.activation, action.stage, action.microBatch)
      try layout.stages[action.stage].backwardWeight(
        slots.pending[slot].take()!, context.gradients, context.pass(action.microBatch))
    }
  }

  private func forward(_ action: Action, _ context: borrowing Context) throws {
    executor.phase("forward")
    let slot = slots.index(.activation, action.stage, action.microBatch)
    let output = try layout.stages[action.stage].forward(
      slots.arriving.take(slot), context.tensors.batch(action.microBatch, scale: context.scale), context.parameters,
      context.pass(action.microBatch))
    output.split { hidden, saved in
      slots.saved[slot] = consume saved
      handOver(hidden, .activation, from: action, to: action.stage + 1)
    }
  }

  private func backward(_ action: Action, _ context: borrowing Context) throws {
    executor.phase("backward")
    let slot = slots.index(.activation, action.stage, action.microBatch)
    let result = try layout.stages[action.stage].backward(
      slots.arriving.take(slots.index(.gradient, action.stage, action.microBatch)), slots.saved[slot].take()!,
      context.tensors.batch(action.microBatch, scale: context.scale), context.parameters, context.gradients,
      later: action.kind == .backwardInput, context.pass(action.microBatch))
    result.split { dx, pending in
      slots.pending[slot] = consume pending
      handOver(dx, .gradient, from: action, to: action.stage - 1)
    }
  }

  /// Leaves a result where the next stage finds it: on this rank, or at the door.
  private func handOver(
    _ tensor: consuming Tensor?, _ kind: PipelineMessage.Kind, from action: Action, to stage: Int
  ) {
    guard let tensor else { return }
    if layout.schedule.rank(of: stage) == layout.pipelineRank {
      slots.arriving.put(tensor, slots.index(kind, stage, action.microBatch))
    } else {
      slots.leaving.put(tensor, slots.index(kind, action.stage, action.microBatch))
    }
  }
}

extension Passage {
  init(_ action: Action) {
    let kind: Kind =
      switch action.kind {
      case .forward: .forward
      case .backward: .backward
      case .backwardInput: .backwardInput
      case .backwardWeight: .backwardWeight
      }
    self.init(kind, stage: action.stage, microBatch: action.microBatch)
  }
}

/// What a rank holds of every stage and micro-batch between two of its actions.
private final class StageSlots {
  var saved = UniqueArray<Stage.Saved?>()
  var pending = UniqueArray<Stage.Pending?>()
  /// Activations, then gradients.
  let arriving, leaving: PassingTensors
  private let chunks: [Int: Int]
  private let microBatches: Int

  init(_ layout: Layout) {
    chunks = Dictionary(uniqueKeysWithValues: layout.ownStages.enumerated().map { ($1, $0) })
    microBatches = layout.schedule.microBatches
    for _ in 0..<chunks.count * microBatches {
      saved.append(nil)
      pending.append(nil)
    }
    let places = 2 * chunks.count * microBatches
    (arriving, leaving) = (PassingTensors(places: places), PassingTensors(places: places))
  }

  func index(_ kind: PipelineMessage.Kind, _ stage: Int, _ microBatch: Int) -> Int {
    (kind.rawValue * chunks.count + chunks[stage]!) * microBatches + microBatch
  }
}
