package import Cluster

/// One multiprocessor as the warp model sees it: units in a clock, latencies, and its share of L2 and DRAM.
///
/// Made of a catalogue entry (lanes, tensor rate, bandwidths) and of `Machines/machines.yaml` (latencies, ports).
package struct SMMachine: Hashable, Sendable {
  package var name: String
  package var generation: Generation
  package var limits: MultiprocessorLimits
  /// Sub-partitions, each with one warp scheduler and its own arithmetic pipes.
  package var schedulers: Int
  /// Instructions a scheduler sends off at once, and the clocks between two such times.
  package var dispatches: Int, issueInterval: Int
  /// Lanes of the whole SM: a warp instruction occupies a pipe for 32 / (lanes / schedulers) clocks.
  package var fmaLanes, integerLanes, specialLanes, memoryLanes: Double
  /// 16-bit FLOPs in a clock of the SM's tensor cores; 0 where there are none.
  package var tensorRate: Double
  /// The share of it that mma.sync reaches; the rest needs asynchronous products.
  package var mmaShare: Double
  package var latency: Latencies
  /// Bytes in a clock: shared memory, L1 hits, and this SM's draw from L2 and DRAM.
  package var sharedPort, l1Port, l2Port, dramPort: Double
  /// What a bulk copy into shared memory costs the port, beside an ordinary write.
  package var asyncWriteShare: Double
  /// Clocks between two blocks that the work distributor hands to this SM: from the first to the second at the start, and
  /// from a block's end to the first instruction of the one that takes its place.
  package var blockLaunch: Int
  package var l1Cache: Int, l2Cache: Int
  package var clock: Double
  package var source: String

  /// Clocks from issue to a dependent's issue, on an idle machine.
  package struct Latencies: Hashable, Sendable {
    package var fma, special, shared, l1, l2, dram: Int
    /// On top of the clocks that a product occupies the tensor core; nil without one.
    package var mma, asyncMMA: Int?
    package var barrier: Int
  }

  package static let warpSize = 32
  /// A DRAM or L2 transfer is a multiple of this many bytes.
  package static let sectorSize = 32
  package static let banks = 32
  package static let bankWidth = 4
}

extension SMMachine {
  package var supportsAsyncMMA: Bool { latency.asyncMMA != nil && tensorRate > 0 }
  package var supportsMMA: Bool { latency.mma != nil && tensorRate > 0 }
  /// cp.async: global to shared memory without registers (compute capability 8.0).
  package var supportsAsyncCopy: Bool { limits.capability >= ComputeCapability(8, 0) }
  /// Warp instructions that can be issued in a clock.
  package var issueRate: Double { Double(schedulers * dispatches) / Double(issueInterval) }
  /// Clocks for which one warp instruction holds a scheduler's pipe of so many lanes (of the whole SM).
  func interval(lanes: Double) -> Double { Double(Self.warpSize * schedulers) / lanes }
  /// Peak fp32 FLOPs in a clock: a fused multiply-add is two.
  package var peakFMAFLOPs: Double { 2 * fmaLanes }

  /// The same machine when only so many SMs run: each draws a larger share of DRAM, never more than its L2 port.
  package func whenActive(_ active: Int, of multiprocessors: Int) -> SMMachine {
    var machine = self
    machine.dramPort = min(l2Port, dramPort * Double(multiprocessors) / Double(max(1, active)))
    return machine
  }
}
