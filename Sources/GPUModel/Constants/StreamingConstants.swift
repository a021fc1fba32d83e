/// What the data sheet does not say about kernels that pass over memory once.
package struct StreamingConstants: KernelConstants {
  /// Share of DRAM bandwidth that is reached.
  package var memoryEfficiency: Double
  /// Seconds of launching a kernel and draining its last block, within a CUDA graph.
  package var launch: Double
  /// Share of L2 that still holds what the kernel before left there.
  package var l2Residency: Double
  /// Bytes that L2 gives to one SM in a clock.
  package var l2BytesPerClock: Double
  /// Seconds of memory latency that bytes in flight must cover (Little's law).
  package var latency: Double

  package static let parameters = [
    ConstantParameter("memory_efficiency", width: 0.1, 0.2...1, own: true),
    ConstantParameter("launch_us", unit: 1e-6, width: 0.4, 0.5...40, own: true),
    ConstantParameter("l2_residency", width: 0.8, 0.01...1),
    ConstantParameter("l2_bytes_per_clock", width: 0.4, 4...256),
    ConstantParameter("memory_latency_us", unit: 1e-6, width: 0.4, 0.1...5),
  ]

  package var values: [Double] {
    [
      memoryEfficiency, launch, l2Residency, l2BytesPerClock, latency,
    ]
  }

  package init(values: [Double]) {
    (memoryEfficiency, launch, l2Residency) = (values[0], values[1], values[2])
    (l2BytesPerClock, latency) = (values[3], values[4])
  }
}
