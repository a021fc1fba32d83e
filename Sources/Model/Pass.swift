package import Execution
import Program
package import Quantities

/// What every layer of one pass over one micro-batch shares.
package struct Pass {
  package let executor: Executor
  /// Storage of activations and parameters, and of their gradients.
  package let type, gradient: ScalarType
  /// Samples of the micro-batch, and tokens of a sample.
  package let batch, sequence: Int
  /// Seed, step and first sample, where values are dropped; nil in evaluation, where none are.
  package let randomKey: TensorView?
  package let partition: TensorPartition
  /// Reaches the ranks of the tensor axis; nil where there is one.
  package let communicator: Communicator?
  package let recomputation: Recomputation
  /// Sees what flows between layers; nil unless a run is compared with another.
  package let probe: (any Probe)?

  package init(
    executor: Executor, type: ScalarType, gradient: ScalarType? = nil, batch: Int, sequence: Int,
    randomKey: TensorView?, partition: TensorPartition = .whole, communicator: Communicator? = nil,
    recomputation: Recomputation = .none, probe: (any Probe)? = nil
  ) {
    (self.executor, self.type, self.gradient) = (executor, type, gradient ?? type)
    (self.batch, self.sequence, self.randomKey) = (batch, sequence, randomKey)
    (self.partition, self.communicator) = (partition, communicator)
    (self.recomputation, self.probe) = (recomputation, probe)
    precondition(partition.size == 1 || communicator != nil, "tensor-parallel ranks talk to one another")
  }

  /// Tokens of the micro-batch.
  package var rows: Int { batch * sequence }
  /// Rows of the residual stream that this rank holds.
  package var heldRows: Range<Int> { partition.rows(rows) }

  func activation(_ shape: [Int]) -> Tensor { executor.allocate(shape, type, .activations) }

  /// Statistics, log-sum-exps, losses.
  func statistic(_ shape: [Int]) -> Tensor { executor.allocate(shape, type.accumulation, .activations) }

  /// A dropout on this rank's rows of the residual stream; nil where nothing is dropped.
  func dropout(_ probability: Double, site: Int) -> Dropout? {
    guard randomKey != nil, probability > 0 else { return nil }
    return Dropout(probability: probability, site: site, sequence: sequence, firstRow: heldRows.lowerBound)
  }

  /// A dropout inside a layer whose ranks hold all rows.
  func innerDropout(_ probability: Double, site: Int) -> Dropout? {
    guard randomKey != nil, probability > 0 else { return nil }
    return Dropout(probability: probability, site: site, sequence: sequence)
  }

  /// The operand that a dropout reads beside its values.
  func key(_ dropout: Dropout?) -> [TensorView] { dropout == nil ? [] : [randomKey!] }
}

/// Sees tensors between layers as they are computed.
package protocol Probe: AnyObject {
  /// - Parameters:
  ///   - site: the logical name of what is seen, the same in every layout.
  ///   - rows: which rows of the micro-batch the view holds.
  func see(_ site: String, _ view: TensorView, rows: Range<Int>)
}
