/// What a simulated SM did.
package struct SMRun: Hashable, Sendable {
  package var name: String
  package var machine: SMMachine
  package var policy: SchedulingPolicy
  package var blocks: Int, residentBlocks: Int, warpsPerBlock: Int
  /// Clocks until the last warp has finished and its stores have left the SM.
  package var cycles = 0.0
  package var counters = SMCounters()
  /// Clocks that were simulated one by one; the rest is the steady state of a loop or of a stream of blocks, repeated.
  package var simulatedCycles = 0
  package var timeline: [TimelineEntry] = []
  package var usefulFLOPs = 0, usefulBytes = 0
}

/// Counts that add up over time. They are `Double` because a steady state is extrapolated.
package struct SMCounters: Hashable, Sendable {
  /// Warp instructions by pipe, and lanes that took part in them.
  package var issued = [Double](repeating: 0, count: Pipe.allCases.count)
  package var activeLanes = 0.0
  /// Clocks for which each pipe was held, summed over schedulers.
  package var pipeClocks = [Double](repeating: 0, count: Pipe.allCases.count)
  /// Scheduler slots by what they were used for, or what kept them empty; they sum to cycles × slots.
  package var slots = [Double](repeating: 0, count: StallReason.allCases.count)
  /// Clocks of resident warps by state.
  package var warpClocks = [Double](repeating: 0, count: StallReason.allCases.count)
  package var l2Bytes = 0.0, dramBytes = 0.0, sharedBytes = 0.0
  /// Bytes that lanes asked of global memory: what coalescing turns into sectors.
  package var requestedBytes = 0.0
  /// Extra shared-memory wavefronts of bank conflicts.
  package var conflicts = 0.0

  /// This + factor · (longer − shorter): the law by which a steady state is repeated.
  func adding(_ factor: Double, of longer: SMCounters, minus shorter: SMCounters) -> SMCounters {
    func each(_ path: KeyPath<SMCounters, [Double]>) -> [Double] {
      self[keyPath: path].indices.map {
        self[keyPath: path][$0] + factor * (longer[keyPath: path][$0] - shorter[keyPath: path][$0])
      }
    }
    func one(_ path: KeyPath<SMCounters, Double>) -> Double {
      self[keyPath: path] + factor * (longer[keyPath: path] - shorter[keyPath: path])
    }
    var sum = SMCounters()
    (sum.issued, sum.pipeClocks) = (each(\.issued), each(\.pipeClocks))
    (sum.slots, sum.warpClocks) = (each(\.slots), each(\.warpClocks))
    (sum.activeLanes, sum.conflicts) = (one(\.activeLanes), one(\.conflicts))
    sum.requestedBytes = one(\.requestedBytes)
    (sum.l2Bytes, sum.dramBytes, sum.sharedBytes) = (one(\.l2Bytes), one(\.dramBytes), one(\.sharedBytes))
    return sum
  }
}

/// One issue: at this clock this scheduler sent off an instruction of this warp.
package struct TimelineEntry: Hashable, Sendable {
  package var cycle: Int, scheduler: Int, warp: Int
  package var pipe: Pipe
}

extension SMRun {
  package var issued: Double { counters.issued.reduce(0, +) }
  package func issued(_ pipe: Pipe) -> Double { counters.issued[pipe.rawValue] }
  /// Warp instructions a clock, of the whole SM.
  package var instructionsPerClock: Double { issued / cycles }
  package var slots: Double { counters.slots.reduce(0, +) }
  /// Share of the scheduler slots in which something was issued.
  package var issueUtilisation: Double { share(.selected) }
  package func share(_ reason: StallReason) -> Double { counters.slots[reason.rawValue] / slots }
  /// Share of the clocks for which a pipe was held; tensor and arithmetic pipes averaged over schedulers.
  package func utilisation(_ pipe: Pipe) -> Double {
    let copies = pipe == .memory ? 1 : machine.schedulers
    return counters.pipeClocks[pipe.rawValue] / (cycles * Double(copies))
  }
  /// Bytes a clock.
  package var dramRate: Double { counters.dramBytes / cycles }
  package var l2Rate: Double { counters.l2Bytes / cycles }
  package var sharedRate: Double { counters.sharedBytes / cycles }
  package var flopsPerClock: Double { Double(usefulFLOPs) / cycles }
  package var seconds: Double { cycles / machine.clock }
  /// Lanes that took part in an average instruction, over 32: less than one where warps diverge.
  package var laneUtilisation: Double { counters.activeLanes / (issued * Double(SMMachine.warpSize)) }
}
