/// Why a warp does not issue in a clock, or a scheduler's slot stays empty. Names as in Nsight Compute's warp states.
package enum StallReason: Int, Hashable, Sendable, CaseIterable {
  /// The warp issues.
  case selected
  /// It could issue; the scheduler took another one.
  case notSelected
  /// It waits for a result of fixed latency: FMA, integer, tensor core.
  case dependency
  /// It waits for shared memory, a shuffle or a special function.
  case shortScoreboard
  /// It waits for L1, L2 or DRAM.
  case longScoreboard
  /// It waits at the block's barrier.
  case barrier
  /// It waits for copies or products that run asynchronously, or for their barrier.
  case asyncWait
  /// Its arithmetic pipe is busy.
  case pipeBusy
  /// The queue of the load/store unit is full.
  case memoryQueue
  /// It has issued everything, and waits for its last results and for its stores to leave the SM.
  case drain
  /// No warp is there.
  case noWarp

  package var name: String {
    switch self {
    case .selected: "issued"
    case .notSelected: "not selected"
    case .dependency: "dependency"
    case .shortScoreboard: "short scoreboard"
    case .longScoreboard: "long scoreboard"
    case .barrier: "barrier"
    case .asyncWait: "async wait"
    case .pipeBusy: "pipe busy"
    case .memoryQueue: "memory queue full"
    case .drain: "drain"
    case .noWarp: "no warp"
    }
  }
}

/// Execution units that an instruction holds for some clocks.
package enum Pipe: Int, Hashable, Sendable, CaseIterable {
  /// One of each in every scheduler.
  case fma, integer, special, tensor
  /// One for the SM: load/store unit, with the ports of shared memory and L1.
  case memory
  /// Needs an issue slot only.
  case control

  package var name: String {
    switch self {
    case .fma: "FMA"
    case .integer: "integer"
    case .special: "special function"
    case .tensor: "tensor core"
    case .memory: "load/store"
    case .control: "control"
    }
  }
}
