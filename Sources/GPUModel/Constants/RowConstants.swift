/// What the data sheet does not say about kernels that reduce along rows.
package struct RowConstants: KernelConstants {
  /// Share of DRAM bandwidth that is reached.
  package var memoryEfficiency: Double
  /// Seconds of launching a kernel and draining its last block.
  package var launch: Double
  /// Share of L2 that rows in flight fill when a second pass begins to miss.
  package var missBegins: Double
  /// How much more of L2 they fill when it always misses.
  package var missRange: Double
  /// How much of a last, partly empty iteration of a block over its row costs: 1 is all of it, 0 nothing.
  package var paddingExponent: Double
  /// Bytes that L2 gives to one SM in a clock.
  package var l2BytesPerClock: Double

  package static let parameters = [
    ConstantParameter("memory_efficiency", width: 0.1, 0.2...1, own: true),
    ConstantParameter("launch_us", unit: 1e-6, width: 0.4, 0.5...40, own: true),
    ConstantParameter("miss_begins", width: 0.5, 0.05...3),
    ConstantParameter("miss_range", width: 0.5, 0.05...5),
    ConstantParameter("padding_exponent", width: 0.7, 0.001...1.5),
    ConstantParameter("l2_bytes_per_clock", width: 0.4, 4...256),
  ]

  package var values: [Double] {
    [
      memoryEfficiency, launch, missBegins, missRange, paddingExponent, l2BytesPerClock,
    ]
  }

  package init(values: [Double]) {
    (memoryEfficiency, launch, missBegins) = (values[0], values[1], values[2])
    (missRange, paddingExponent, l2BytesPerClock) = (values[3], values[4], values[5])
  }
}
