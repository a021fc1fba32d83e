import Cluster
import GPUModel
import Quantities

/// What `orrery kernel --json` prints for each GPU. What a kernel does not have (a tile, a split) is absent.
struct KernelRecord: Encodable {
  struct Constants: Encodable {
    var source: String
    var fitted: Bool
  }

  var gpu, operation, precision, launch, power, limiter: String
  var shape: [Int]
  var seconds, kernelSeconds, launchSeconds: Double
  var flops: Int
  var flopsPerSecond, peakFlopsPerSecond: Double
  var dramBytes, dramBytesPerSecond, peakDramBytesPerSecond, l2Bytes, sharedBytes: Double
  var tile: String?
  var splitK: Int?
  var blocks, threadsPerBlock, blocksPerMultiprocessor: Int
  var occupancy, waves, tail: Double
  var boundSeconds: [String: Double]
  var intensity, ridge: Double
  var advice: String
  var constants: Constants

  init(_ request: KernelRequest, _ estimate: KernelEstimate) {
    let (time, shape) = (estimate.time, estimate.time.launchShape)
    (gpu, operation) = (estimate.gpu.name, request.operation.rawValue)
    (precision, launch) = (request.precision.rawValue, estimate.launch.rawValue)
    power = estimate.power.rawValue
    (limiter, self.shape) = (time.limiter.key, request.shape.sizes)
    (seconds, kernelSeconds, launchSeconds) = (estimate.seconds, time.seconds, time.launch)
    (flops, flopsPerSecond) = (estimate.kernel.flops.value, estimate.rate.flopsPerSecond)
    peakFlopsPerSecond = estimate.roofline.peak.flopsPerSecond
    (dramBytes, dramBytesPerSecond) = (time.dramBytes, estimate.dramBandwidth.bytesPerSecond)
    peakDramBytesPerSecond = estimate.gpu.memoryBandwidth.bytesPerSecond
    (l2Bytes, sharedBytes) = (time.l2Bytes, time.sharedBytes)
    let isTiled = !shape.tile.isEmpty
    (tile, splitK) = (isTiled ? shape.tile : nil, isTiled ? shape.splitK : nil)
    (blocks, threadsPerBlock) = (shape.blocks, shape.threadsPerBlock)
    blocksPerMultiprocessor = shape.blocksPerMultiprocessor
    (occupancy, waves, tail) = (shape.occupancy, shape.waves, shape.tail)
    boundSeconds = Dictionary(time.bounds.map { ($0.limiter.key, $0.seconds) }, uniquingKeysWith: max)
    (intensity, ridge) = (estimate.intensity, estimate.roofline.ridge)
    advice = KernelAdvice(estimate).text
    constants = Constants(source: estimate.source.rawValue, fitted: estimate.source == .fitted)
  }
}

extension KernelTime.Limiter {
  /// The word as a key.
  var key: String { rawValue.lowercased().replacing(" ", with: "_") }
}
