package import Execution
import Program
package import Quantities

/// What every layer of one pass over one micro-batch shares.
package struct Pass {
  package let executor: Executor
  /// Storage of activations and parameters.
  package let type: ScalarType
  /// Samples of the micro-batch, and tokens of a sample.
  package let batch, sequence: Int
  /// Seed, step and first sample, where values are dropped; nil in evaluation, where none are.
  package let randomKey: TensorView?

  package init(executor: Executor, type: ScalarType, batch: Int, sequence: Int, randomKey: TensorView?) {
    (self.executor, self.type) = (executor, type)
    (self.batch, self.sequence, self.randomKey) = (batch, sequence, randomKey)
  }

  /// Tokens of the micro-batch.
  package var rows: Int { batch * sequence }

  func activation(_ shape: [Int]) -> Tensor { executor.allocate(shape, type, .activations) }

  /// A dropout of this pass; nil where nothing is dropped.
  func dropout(_ probability: Double, site: Int) -> Dropout? {
    guard randomKey != nil, probability > 0 else { return nil }
    return Dropout(probability: probability, site: site, sequence: sequence)
  }

  /// The operand that a dropout reads beside its values.
  func key(_ dropout: Dropout?) -> [TensorView] { dropout == nil ? [] : [randomKey!] }
}
