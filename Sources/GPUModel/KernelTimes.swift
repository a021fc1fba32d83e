package import Cluster

/// Kernel times that are looked up when a kernel comes again: a step repeats a few kernels thousands of times.
package final class KernelTimes {
  package let model: KernelModel
  private var known: [Kernel: Double] = [:]

  package init(_ model: KernelModel) { self.model = model }

  /// Seconds of the kernel alone on a GPU that trains: sustained work, random operands.
  ///
  /// - Errors: `GPUError` for a precision that the GPU does not have.
  package func seconds(_ kernel: Kernel) throws(GPUError) -> Double {
    if let seconds = known[kernel] { return seconds }
    let seconds = try model.seconds(kernel, power: .sustained)
    known[kernel] = seconds
    return seconds
  }
}
