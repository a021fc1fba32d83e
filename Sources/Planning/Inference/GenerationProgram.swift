import Execution
package import Model
package import Program
package import Quantities
import Training

/// The program that generates text, run on shapes: the same that computes on a host.
package final class GenerationProgram {
  /// One pass: new tokens of one sequence over a cache.
  package struct Pass: Hashable, Sendable {
    package var new, past: Int
    package var trace: Trace
    /// What the device holds for one sequence when it holds the most: the logits of the last token are among the activations.
    package var parameters, cache, activations: ByteCount
  }

  package let architecture: Architecture
  package let type: ScalarType
  private let parameters: WholeParameters

  package init(_ architecture: Architecture, _ type: ScalarType) {
    (self.architecture, self.type) = (architecture, type)
    parameters = WholeParameters(architecture, type, device: NullDevice())
  }

  /// Bytes of all parameters.
  package var weights: ByteCount { parameters.executor.ledger.live[.parameters] ?? .zero }

  /// - Errors: `EstimateError` for more tokens than the model has positions, or none.
  package func pass(new: Int, past: Int) throws -> Pass {
    guard new > 0, past >= 0, past + new <= architecture.positionCount else {
      throw EstimateError(
        key: "tokens", value: grouped(past + new), reason: "the model has positions 1 to \(architecture.positionCount)",
        way: "give a sequence that fits, or a model of more positions")
    }
    let executor = parameters.executor
    var cache = parameters.model.makeCache(capacity: past + new, shapes(new))
    if past > 0 { try extend(past, &cache) }
    executor.beginStep()
    try extend(new, &cache)
    let (ledger, trace) = (executor.ledger, executor.trace)
    let passing = [MemoryCategory.activations, .inputs, .workspace, .communication]
    return Pass(
      new: new, past: past, trace: trace, parameters: ledger.peak[.parameters] ?? .zero,
      cache: ledger.peak[.keyValueCache] ?? .zero,
      activations: passing.reduce(.zero) { $0 + (ledger.atPeak[$1] ?? .zero) })
  }

  private func shapes(_ tokens: Int) -> Model.Pass {
    Model.Pass(executor: parameters.executor, type: type, batch: 1, sequence: tokens, randomKey: nil)
  }

  private func extend(_ tokens: Int, _ cache: inout Transformer.Cache) throws {
    let ids = parameters.executor.allocate([tokens], .int32, .inputs)
    _ = try parameters.model.extend(ids: ids.view, &cache, parameters, shapes(tokens))
  }
}
