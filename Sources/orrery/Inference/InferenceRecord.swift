import Cluster
import GPUModel
import Planning
import Quantities

/// What `orrery inference --json` prints; `docs/estimate-json.md` describes every key.
///
/// Bytes are exact; seconds are of a whole batch's prompts, and of one token of every sequence; shares are of one. Times of a batch that
/// does not fit are absent.
struct InferenceRecord: Encodable {
  static let version = 1

  struct Batch: Encodable {
    var batch: Int
    var fits: Bool
    var cacheBytes, activationBytes, memoryBytes: Int
    var timeToFirstTokenSeconds, timePerOutputTokenSeconds, tokensPerSecond: Double?
    /// FLOPs of the prompts, everything counted, over the peak; bytes of weights and caches, once, over the bandwidth.
    var prefillUtilization, decodeBandwidthShare: Double?
    /// Of the decode: a resource's key, or host.
    var limiter: String?

    init(_ estimate: InferenceEstimate) {
      (batch, fits) = (estimate.batch, estimate.fits)
      cacheBytes = estimate.memory.cache.value
      activationBytes = estimate.memory.activations.value
      memoryBytes = estimate.memory.total.value
      guard fits else { return }
      timeToFirstTokenSeconds = estimate.timeToFirstToken
      timePerOutputTokenSeconds = estimate.timePerOutputToken
      tokensPerSecond = estimate.tokensPerSecond
      prefillUtilization = estimate.prefillUtilization
      decodeBandwidthShare = estimate.decodeBandwidthShare
      limiter = estimate.decode.timeline.isLaunchBound ? "host" : estimate.decode.limiter.key
    }
  }

  let version: Int
  var gpu, precision, lowering, attention: String
  var prompt, context, block: Int
  var weightBytes, weightBytesRead, cacheBytesPerToken, roomBytes: Int
  var memoryShare: Double
  /// 0 where one sequence does not fit.
  var largestBatch: Int
  var batches: [Batch]

  init(
    _ model: InferenceModel, _ shape: ServingShape, _ estimates: [InferenceEstimate], _ lowering: Lowering.Fusion,
    _ attention: Lowering.AttentionChoice
  ) {
    version = Self.version
    (gpu, precision) = (model.gpu.name, model.precision.rawValue)
    (self.lowering, self.attention) = (lowering.rawValue, attention.rawValue)
    (prompt, context, block) = (shape.prompt, shape.context, model.cacheSize.block)
    (weightBytes, weightBytesRead) = (model.weights.value, model.weightsRead.value)
    cacheBytesPerToken = model.cacheSize.perToken.value
    (roomBytes, memoryShare, largestBatch) = (model.room.value, model.memoryShare, model.largestBatch(shape))
    batches = estimates.map(Batch.init)
  }
}
