package import Model
package import Quantities

/// What of a layout decides about memory: what advice can change.
package struct LayoutChoices: Hashable, Sendable {
  /// Ranks along the axes; of the data axis, those that share one set of shards.
  package var data, tensor, pipeline: Int
  /// Layers of the model, and attention heads that tensor-parallel ranks share.
  package var layers, heads: Int
  package var zeroStage, microBatch: Int
  package var recomputation: Recomputation
  package var isSequenceParallel, offloadsOptimizer: Bool
  /// Activations that full recomputation would not keep, on the rank in question; nil where nobody counted.
  package var recomputable: ByteCount?
  /// The most tensor-parallel ranks that NVLink joins; nil where the machines are not known.
  package var mostTensor: Int?
  /// What of its host's memory each rank of a full node can have; nil where the machines are not known.
  package var hostShare: ByteCount?

  package init(
    data: Int, tensor: Int, pipeline: Int, layers: Int, heads: Int, zeroStage: Int, microBatch: Int,
    recomputation: Recomputation, isSequenceParallel: Bool, offloadsOptimizer: Bool = false,
    recomputable: ByteCount? = nil
  ) {
    (self.data, self.tensor, self.pipeline, self.layers, self.heads) = (data, tensor, pipeline, layers, heads)
    (self.zeroStage, self.microBatch, self.recomputation) = (zeroStage, microBatch, recomputation)
    (self.isSequenceParallel, self.offloadsOptimizer) = (isSequenceParallel, offloadsOptimizer)
    self.recomputable = recomputable
  }
}
