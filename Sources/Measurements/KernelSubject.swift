import Cluster
import GPUModel
import Quantities

/// The questions that a validation of kernels answers, each about some of the rows.
package enum KernelSubject: String, Hashable, Sendable, CaseIterable, Codable {
  case largeMatmul = "matmul bf16, m, n, k >= 512"
  case matmul = "matmul bf16, all shapes"
  case fullPowerMatmul = "matmul fp32 + fp16, boards above 75 W"
  case lowPowerMatmul = "matmul fp32 + fp16, boards of 75 W or less"
  case quantisedMatmul = "matmul fp8"
  case attention
  case memory = "softmax, norms, elementwise"
  case all = "all rows"

  package func contains(_ sample: KernelSample) -> Bool {
    switch (self, sample.measurement.kernel) {
    case (.all, _), (.attention, .attention), (.memory, .rows), (.memory, .streaming): true
    case (.largeMatmul, .matmul(let shape)): shape.precision == .bf16 && min(shape.m, shape.n, shape.k) >= 512
    case (.matmul, .matmul(let shape)): shape.precision == .bf16
    case (.fullPowerMatmul, .matmul(let shape)): shape.isSingleOrHalf && sample.gpu.boardPower.watts > 75
    case (.lowPowerMatmul, .matmul(let shape)): shape.isSingleOrHalf && sample.gpu.boardPower.watts <= 75
    case (.quantisedMatmul, .matmul(let shape)): shape.precision == .fp8
    default: false
    }
  }
}

extension MatmulKernel {
  fileprivate var isSingleOrHalf: Bool { precision == .fp32 || precision == .fp16 }
}
