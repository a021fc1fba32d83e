package import Cluster
package import GPUModel
import Quantities

/// The yardstick of predictions: `max(F / peak, V / bandwidth)` with the data sheet's figures; nothing is fitted, nothing added.
///
/// - Source: Williams, Waterman & Patterson 2009, doi:10.1145/1498765.1498785.
package struct PlainRoofline: Sendable {
  private let gpu: GPU
  package init(_ gpu: GPU) { self.gpu = gpu }

  /// - Errors: `GPUError` for a precision that the GPU does not have.
  package func seconds(_ kernel: Kernel) throws(GPUError) -> Double {
    let compute = Double(kernel.flops.value) / (try gpu.peak(kernel.precision)).flopsPerSecond
    return max(compute, kernel.compulsoryBytes / gpu.memoryBandwidth.bytesPerSecond)
  }
}
