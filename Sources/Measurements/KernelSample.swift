package import Cluster
package import GPUModel

/// A measurement whose GPU is known: what a fit and a validation look at.
package struct KernelSample: Sendable {
  package var measurement: KernelMeasurement
  package var gpu: GPU
  package var family: KernelFamily
  /// The library whose own constants describe it, or nil for the family's usual one.
  package var library: String?

  package init(_ measurement: KernelMeasurement, _ catalogue: GPUCatalogue) throws(GPUError) {
    self.measurement = measurement
    gpu = try catalogue.gpu(named: measurement.gpuName)
    family = try gpu.family(of: measurement.kernel)
    library = KernelSample.library(measurement.framework.lowercased(), measurement.detail.lowercased(), family)
  }

  /// The table of constants, without regard to whether a calibration has it.
  package var table: String { library.map { "\(family.rawValue).\($0)" } ?? family.rawValue }

  /// Whether the sample belongs to the half that constants are fitted on: by its name alone, so that the halves never change.
  package var isFitted: Bool { (stableHash(measurement.id) >> 40) & 1 == 0 }

  private static func library(_ framework: String, _ detail: String, _ family: KernelFamily) -> String? {
    switch family {
    case .attentionForward, .attentionBackward:
      framework.contains("transformerengine") ? "cudnn" : framework.contains("vllm") ? "vllm" : nil
    // vLLM's norm and gated activation are its own kernels; its other elementwise ones are PyTorch's.
    case .norm: framework.contains("sarathi") || framework.contains("vllm") ? "vllm" : nil
    case .elementwise: detail.contains("mlp_act") ? "vllm" : nil
    case .softmax, .matmulTensor, .matmulFP8, .matmulSIMT, .batchedSIMT: nil
    }
  }
}
