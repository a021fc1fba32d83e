/// What a framework's host thread spends on one operation, and what a launch costs outside a CUDA graph.
package struct HostConstants: KernelConstants {
  /// Seconds from the call to the kernel's launch.
  package var before: Double
  /// Seconds from the launch until the call returns.
  package var after: Double
  /// Seconds by which a launch on a stream is longer than one in a graph.
  package var gap: Double
  /// Seconds until the host knows that the GPU has finished.
  package var synchronization: Double

  package static let parameters = [
    ConstantParameter("before_us", unit: 1e-6, width: 1, 0.5...200, own: true),
    ConstantParameter("after_us", unit: 1e-6, width: 1, 0.5...300, own: true),
    ConstantParameter("gap_us", unit: 1e-6, width: 0.7, 0.05...20, own: true),
    ConstantParameter("synchronization_us", unit: 1e-6, width: 1, 0.5...200, own: true),
  ]

  package var values: [Double] { [before, after, gap, synchronization] }

  package init(values: [Double]) {
    (before, after, gap, synchronization) = (values[0], values[1], values[2], values[3])
  }
}

extension HostConstants {
  /// Seconds that are measured around a kernel of `kernel` seconds.
  ///
  /// An eager operation starts when the host has launched it, and its end is marked when the host has returned.
  package func seconds(_ kernel: Double, _ launch: LaunchContext) -> Double {
    switch launch {
    case .kernelAlone, .graph: kernel
    case .stream: kernel + gap
    case .eager: before + max(kernel, after)
    case .synchronized: before + max(kernel + synchronization, after)
    }
  }
}
