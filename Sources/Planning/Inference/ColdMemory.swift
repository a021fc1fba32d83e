import Cluster
import GPUModel
import Quantities

/// What the models of single kernels do not know: between two uses of a weight, the whole model passes through L2.
///
///     T = max(T of the kernel, launch + cold bytes / (η·B))
///
/// Cold are a product's second operand (weights, or the cache's keys and values) and all that attention over a cache reads. Kernel models
/// were fitted to launches that repeat on the same operands, of which a share stays in L2.
///
/// Worked example: 2048 x 2048 weights in bf16 on an RTX 4090 of 1,008 GB/s: 8.4 MB take 8.3 us at least, and the product's own model, which
/// expects them in its 72 MB of L2, says 5.3 us beside the launch.
///
/// - Source: none; it follows from what a pass reads in order.
/// - Measured: not alone; a whole token is in `InferenceModel`.
/// - Ignores: weights of a model that fits into L2 are never cold; of a little larger one, a part would stay.
struct ColdMemory {
  private let gpu: GPU
  private let calibration: Calibration
  private let streaming: StreamingConstants
  private let isCold: Bool

  /// - Parameter passing: bytes that pass between two uses of one weight.
  /// - Errors: `CalibrationError` for constants that are missing.
  init(_ gpu: GPU, _ calibration: Calibration, passing: ByteCount) throws(CalibrationError) {
    (self.gpu, self.calibration, isCold) = (gpu, calibration, passing > gpu.l2Cache)
    streaming = try calibration.constants(KernelFamily.elementwise.rawValue, for: gpu)
  }

  /// Seconds that the cold bytes alone take; 0 where there are none.
  func seconds(_ lowered: LoweredKernel) throws -> Double {
    guard isCold else { return 0 }
    switch lowered.kernel {
    case .matmul(let product):
      let table = try gpu.family(of: lowered.kernel).rawValue
      let constants: MatmulConstants = try calibration.constants(table, for: gpu)
      let bytes = Double(product.batch) * Double(product.n) * Double(product.k) * Double(product.precision.size)
      return constants.launch + bytes / (gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency)
    case .streaming(let pass) where lowered.name == DecodeAttention.name:
      let bandwidth = gpu.memoryBandwidth.bytesPerSecond * streaming.memoryEfficiency
      return streaming.launch + Double(pass.bytesRead) / bandwidth
    case .streaming, .rows, .attention: return 0
    }
  }
}
