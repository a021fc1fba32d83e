/// What the data sheet does not say about one implementation of fused attention.
package struct AttentionConstants: KernelConstants {
  /// Share of the multiplier's rate that its products reach.
  package var computeEfficiency: Double
  /// Share of the softmax's work that the products do not hide.
  package var softmaxExposed: Double
  /// Clocks of a block beside its tiles: prologue, epilogue, scheduling.
  package var blockLatency: Double
  /// Seconds of launching a kernel and draining its last block, planning included.
  package var launch: Double
  /// Joules of one executed FLOP.
  package var energyPerFLOP: Double
  /// Share of DRAM bandwidth that is reached.
  package var memoryEfficiency: Double

  package static let parameters = [
    ConstantParameter("compute_efficiency", width: 0.15, 0.1...1.1, own: true),
    ConstantParameter("softmax_exposed", width: 0.5, 0.01...6),
    ConstantParameter("block_latency_clocks", width: 0.6, 50...40000),
    ConstantParameter("launch_us", unit: 1e-6, width: 0.5, 0.5...80, own: true),
    ConstantParameter("energy_pj_per_flop", unit: 1e-12, width: 0.2, 0.05...60, own: true),
    ConstantParameter("memory_efficiency", width: 0.2, 0.2...1),
  ]

  package var values: [Double] {
    [
      computeEfficiency, softmaxExposed, blockLatency, launch, energyPerFLOP, memoryEfficiency,
    ]
  }

  package init(values: [Double]) {
    (computeEfficiency, softmaxExposed, blockLatency) = (values[0], values[1], values[2])
    (launch, energyPerFLOP, memoryEfficiency) = (values[3], values[4], values[5])
  }
}
