/// What the data sheet does not say about matrix products.
package struct MatmulConstants: KernelConstants {
  /// Sustained share of the multiplier's rate at boost clock, where power does not limit it.
  package var computeEfficiency: Double
  /// Share of DRAM bandwidth that is reached.
  package var memoryEfficiency: Double
  /// Seconds of launching a kernel and draining its last block, within a CUDA graph.
  package var launch: Double
  /// Joules of one executed FLOP, padding included.
  package var energyPerFLOP: Double
  /// Clocks before a block's first product and after its last, without the stores.
  package var blockLatency: Double
  /// Clocks from asking for a step's operands to multiplying them, which a lone block's stages hide.
  package var stepLatency: Double
  /// Bytes of C that one SM stores in a clock.
  package var epilogueBytesPerClock: Double
  /// Share of L2 that still holds what the kernel before left there.
  package var l2Residency: Double
  /// Bytes that L2 gives to one SM in a clock.
  package var l2BytesPerClock: Double
  /// Bytes that one SM can draw from DRAM in a clock: bytes in flight over latency.
  package var dramBytesPerClock: Double
  /// Share of prologue and epilogue that a second resident block does not hide.
  package var exposedShare: Double
  /// Warps on one scheduler that reach half of the issue rate.
  package var halfRateWarps: Double
  /// Seconds of the pass that sums the parts of a split k.
  package var splitCost: Double
  /// Share of the last wave's empty places that persistent kernels (stream-K) fill: 0 none, 1 all.
  package var persistence: Double
  /// Energy of a FLOP under sustained load over that in short bursts: a hot board leaks more.
  package var sustainedEnergy: Double
  /// Energy of a FLOP on operands that are nearly all alike, over that on random ones: fewer bits toggle.
  package var quietEnergy: Double
  /// Seconds for which a board may draw more than its limit.
  package var powerWindow: Double
  /// Slow-down of fp32 products whose operands' rows lie far apart in memory (TN with long k): Pascal and older.
  package var farRowSlowdown: Double

  package static let parameters = [
    ConstantParameter("compute_efficiency", width: 0.1, 0.2...1.1, own: true),
    ConstantParameter("memory_efficiency", width: 0.15, 0.5...1, own: true),
    ConstantParameter("launch_us", unit: 1e-6, width: 0.4, 0.5...40, own: true),
    ConstantParameter("energy_pj_per_flop", unit: 1e-12, width: 0.2, 0.05...60, own: true),
    ConstantParameter("block_latency_clocks", width: 0.6, 50...8000),
    ConstantParameter("step_latency_clocks", width: 0.5, 50...4000),
    ConstantParameter("epilogue_bytes_per_clock", width: 0.6, 1...128),
    ConstantParameter("l2_residency", width: 0.8, 0.01...1),
    ConstantParameter("l2_bytes_per_clock", width: 0.4, 4...256),
    ConstantParameter("dram_bytes_per_clock", width: 0.4, 4...256),
    ConstantParameter("exposed_share", width: 0.5, 0.02...1),
    ConstantParameter("half_rate_warps", width: 0.5, 0.05...8),
    ConstantParameter("split_us", unit: 1e-6, width: 0.5, 0.2...20),
    ConstantParameter("persistence", width: 0.5, 0.001...1),
    ConstantParameter("sustained_energy", width: 0.2, 1...2),
    ConstantParameter("quiet_energy", width: 0.2, 0.3...1),
    ConstantParameter("power_window_us", unit: 1e-6, width: 1, 0.1...5000),
    ConstantParameter("far_row_slowdown", width: 0.2, 1...5),
  ]

  package var values: [Double] {
    [
      computeEfficiency, memoryEfficiency, launch, energyPerFLOP, blockLatency, stepLatency, epilogueBytesPerClock,
      l2Residency, l2BytesPerClock, dramBytesPerClock, exposedShare, halfRateWarps, splitCost, persistence,
      sustainedEnergy, quietEnergy, powerWindow, farRowSlowdown,
    ]
  }

  package init(values: [Double]) {
    (computeEfficiency, memoryEfficiency, launch) = (values[0], values[1], values[2])
    (energyPerFLOP, blockLatency, stepLatency) = (values[3], values[4], values[5])
    (epilogueBytesPerClock, l2Residency, l2BytesPerClock) = (values[6], values[7], values[8])
    (dramBytesPerClock, exposedShare, halfRateWarps) = (values[9], values[10], values[11])
    (splitCost, persistence, sustainedEnergy) = (values[12], values[13], values[14])
    (quietEnergy, powerWindow, farRowSlowdown) = (values[15], values[16], values[17])
  }
}
