import Execution
import Model
import Planning
import Program
import Quantities
import Testing
import Training

@Suite struct GenerationProgramTests {
  private func operations(_ trace: Trace) -> [Operation] {
    trace.nodes.compactMap { node in if case .operation(let operation, _) = node { operation } else { nil } }
  }

  /// A batch's forward pass by the program that trains, without its loss.
  private func forward(_ architecture: Architecture, batch: Int, sequence: Int) throws -> [Operation] {
    let parameters = WholeParameters(architecture, .bfloat16, device: NullDevice())
    let executor = parameters.executor
    let ids = executor.allocate([batch * sequence], .int32, .inputs)
    let loss = executor.allocate([1], .float64, .inputs)
    let scale = executor.allocate([1], .float32, .inputs)
    executor.beginStep()
    _ = try Stage(parameters.model).evaluate(
      nil, Stage.Batch(ids: ids.view, targets: ids.view, loss: loss.view, scale: scale.view), parameters,
      Pass(executor: executor, type: .bfloat16, batch: batch, sequence: sequence, randomKey: nil))
    return operations(executor.trace)
  }

  /// Whether an operation is the same in both programs: not what reads a cache, or a part of a table.
  private func isShared(_ operation: Operation) -> Bool {
    switch operation {
    case .attention, .cachedAttention, .addPositions: false
    default: true
    }
  }

  @Test(arguments: KnownModels.small, [1, 3, 8])
  func `prompts that pass together are a batch's forward pass`(architecture: Architecture, batch: Int) throws {
    let prompt = try GenerationProgram(architecture, .bfloat16).pass(new: 40, past: 0)
    let widened = operations(prompt.trace).map { $0.onSequences(batch) }
    let trained = try forward(architecture, batch: batch, sequence: 40)
    // The last norm and the logits are of the last token alone; the trained pass ends with them, the loss and its sum.
    #expect(widened.dropLast(2).filter(isShared) == trained.dropLast(4).filter(isShared))
    #expect(widened.count == trained.count - 2)
  }

  @Test(arguments: KnownModels.small) func `logits are made of each sequence's last token`(architecture: Architecture)
    throws
  {
    for new in [1, 40] {
      let pass = try GenerationProgram(architecture, .bfloat16).pass(new: new, past: 3)
      guard case .matmul(let shape, _, _)? = operations(pass.trace).last?.onSequences(5) else {
        Issue.record("a pass ends with the logits")
        return
      }
      #expect(shape.m == 5 && shape.n == architecture.vocabulary && shape.k == architecture.hidden)
    }
  }

  /// 2·N FLOPs a token (Kaplan et al. 2020, arXiv:2001.08361), tables that are looked up in left out.
  @Test(arguments: KnownModels.small + [KnownModels.llama2of7B])
  func `a token's matrix products are two FLOPs a weight`(architecture: Architecture) throws {
    let pass = try GenerationProgram(architecture, .bfloat16).pass(new: 1, past: 20)
    let products = operations(pass.trace).reduce(0) { sum, operation in
      if case .matmul = operation { sum + operation.flops.value } else { sum }
    }
    let a = architecture
    let vectors = Transformer(a).units.flatMap(\.parameters).filter { $0.shape.count == 1 }.reduce(0) { $0 + $1.count }
    let tables = (a.isTied ? 0 : a.vocabulary * a.hidden) + (a.positions == .learned ? a.positionCount * a.hidden : 0)
    #expect(products == 2 * (Transformer(a).parameterCount - vectors - tables))
  }

  @Test func `a sequence beyond the model's positions is refused`() throws {
    let program = GenerationProgram(KnownModels.small[3], .bfloat16)
    _ = try program.pass(new: 1, past: 299)
    for (new, past) in [(1, 300), (301, 0), (0, 5)] {
      let error = #expect(throws: EstimateError.self) { try program.pass(new: new, past: past) }
      #expect(error?.reason == "the model has positions 1 to 300")
    }
  }
}
