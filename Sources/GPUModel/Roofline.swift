package import Cluster
package import Quantities

/// What a GPU can do at most, by how many operations a kernel makes of a byte: the lesser of arithmetic and memory.
///
///     attainable = min(peak, intensity · bandwidth)
///
/// - Source: Williams, Waterman, Patterson 2009, doi:10.1145/1498765.1498785.
package struct Roofline: Hashable, Sendable {
  package let gpu: GPU
  package let precision: MathPrecision
  /// Of the precision's matrix products, and of fp32 arithmetic on CUDA cores.
  package let peak, fp32Peak: ComputeRate
  package let dram: Bandwidth
  /// As it was measured; where it was not, what the timing model gives to all multiprocessors at boost clock.
  package let l2: Bandwidth

  /// - Errors: `GPUError` for a precision that the GPU does not have, in words of what it has.
  package init(_ gpu: GPU, _ precision: MathPrecision, _ calibration: Calibration) throws {
    (self.gpu, self.precision) = (gpu, precision)
    (peak, fp32Peak) = (try gpu.peak(precision), try gpu.peak(.fp32))
    dram = gpu.memoryBandwidth
    let constants: StreamingConstants = try calibration.constants(KernelFamily.elementwise.rawValue, for: gpu)
    let modelled = Bandwidth(constants.l2BytesPerClock * Double(gpu.multiprocessors) * gpu.boostClock.hertz)
    l2 = gpu.l2Bandwidth ?? modelled
  }

  /// FLOPs of a byte at which memory and arithmetic take equally long.
  package var ridge: Double { peak.flopsPerSecond / dram.bytesPerSecond }

  package func attainable(_ intensity: Double) -> ComputeRate {
    ComputeRate(min(peak.flopsPerSecond, intensity * dram.bytesPerSecond))
  }
}

extension Kernel {
  /// Bytes that operands and results bring and take, without what caches miss: what arithmetic intensity divides by.
  package var compulsoryBytes: Double {
    switch self {
    case .matmul(let kernel): kernel.compulsoryBytes
    case .streaming(let kernel): Double(kernel.bytesRead + kernel.bytesWritten)
    case .rows(let kernel): RowPlan(kernel).compulsoryBytes(kernel)
    case .attention(let kernel): AttentionWork(kernel).bytes
    }
  }

  /// Useful FLOPs over compulsory bytes.
  package var intensity: Double { Double(flops.value) / compulsoryBytes }
}

extension MatmulKernel {
  fileprivate var compulsoryBytes: Double {
    let result = Double(m) * Double(n) * Double(resultSize) * (accumulates ? 2 : 1)
    return Double(batch) * (Double(m + n) * Double(k) * Double(precision.size) + result)
  }
}

extension RowPlan {
  fileprivate func compulsoryBytes(_ kernel: RowKernel) -> Double {
    (operands + writes) * Double(kernel.rows) * Double(kernel.columns) * Double(kernel.size)
  }
}
