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

/// One issue: at this clock this scheduler sent off an instruction of this warp.
package struct TimelineEntry: Hashable, Sendable {
  package var cycle: Int, scheduler: Int, warp: Int
  package var pipe: Pipe
}

extension SMRun {
  package var issued: Double { counters.issued.reduce(0, +) }
  package func issued(_ pipe: Pipe) -> Double { counters.issued[pipe.rawValue] }
  package var slots: Double { counters.slots.reduce(0, +) }
  package func share(_ reason: StallReason) -> Double { counters.slots[reason.rawValue] / slots }
  /// Share of the clocks for which a pipe was held; tensor and arithmetic pipes averaged over schedulers.
  package func utilisation(_ pipe: Pipe) -> Double {
    let copies = pipe == .memory ? 1 : machine.schedulers
    return counters.pipeClocks[pipe.rawValue] / (cycles * Double(copies))
  }
  package var flopsPerClock: Double { Double(usefulFLOPs) / cycles }
  package var seconds: Double { cycles / machine.clock }
  /// Lanes that took part in an average instruction, over 32: less than one where warps diverge.
  package var laneUtilisation: Double { counters.activeLanes / (issued * Double(SMMachine.warpSize)) }
}
