import Quantities

/// A simulated run as text: issue slots, why they were empty, pipes, memory, and the first clocks of every scheduler.
package enum SMReport {
  /// - Parameter equation: the closed form for the same run, to stand beside it.
  package static func text(
    of run: SMRun, equation: SteadyState? = nil, timelineClocks: Int = 60
  ) -> String {
    var lines = head(run)
    if let equation { lines.append(compared(equation, run)) }
    lines += ["", "Issue slots of \(run.machine.schedulers) schedulers"] + slots(run)
    lines += ["", "Clocks of resident warps, by state"] + warpStates(run)
    lines += ["", "Pipes"] + pipes(run) + ["", "Memory"] + memory(run)
    if timelineClocks > 0 { lines += [""] + timeline(run, clocks: timelineClocks) }
    return lines.joined(separator: "\n")
  }

  private static func head(_ run: SMRun) -> [String] {
    let cycles = Int(run.cycles.rounded())
    var lines = [
      "\(run.name) on one SM of \(run.machine.name)",
      "\(grouped(run.blocks)) blocks of \(run.warpsPerBlock) warps, \(run.residentBlocks) resident, \(run.policy.rawValue)",
      "\(grouped(cycles)) clk (\(withTimePrefix(run.seconds))), \(grouped(run.simulatedCycles)) of them simulated",
    ]
    if run.usefulFLOPs > 0 { lines.append("\(fixed(run.flopsPerClock, decimals: 1)) FLOP/clk") }
    return lines
  }

  private static func compared(_ equation: SteadyState, _ run: SMRun) -> String {
    let difference = percent(equation.cycles / run.cycles - 1, signed: true)
    let limiter = equation.limiter.map(\.name) ?? "latency"
    return "closed form: \(grouped(Int(equation.cycles.rounded()))) clk (\(difference)), limited by \(limiter)"
  }

  private static func slots(_ run: SMRun) -> [String] {
    let reasons = StallReason.allCases.filter { run.counters.slots[$0.rawValue] > 0 }
    return reasons.map { row($0 == .selected ? "issued" : "empty: \($0.name)", run.share($0)) }
  }

  private static func warpStates(_ run: SMRun) -> [String] {
    let total = run.counters.warpClocks.reduce(0, +)
    return StallReason.allCases.filter { run.counters.warpClocks[$0.rawValue] > 0 }
      .map { row($0.name, run.counters.warpClocks[$0.rawValue] / total) }
  }

  private static func pipes(_ run: SMRun) -> [String] {
    Pipe.allCases.filter { $0 != .control && run.counters.pipeClocks[$0.rawValue] > 0 }
      .map { row($0.name, run.utilisation($0)) + "  \(grouped(Int(run.issued($0).rounded()))) instructions" }
  }

  private static func memory(_ run: SMRun) -> [String] {
    let machine = run.machine
    return [
      ("DRAM", run.counters.dramBytes, machine.dramPort), ("L2", run.counters.l2Bytes, machine.l2Port),
      ("shared memory", run.counters.sharedBytes, machine.sharedPort),
    ].filter { $0.1 > 0 }.map { name, bytes, port in
      row(name, bytes / run.cycles / port)
        + "  \(ByteCount(Int(bytes.rounded()))), \(fixed(bytes / run.cycles, decimals: 2)) of \(fixed(port, decimals: 2)) B/clk"
    }
      + (run.counters.conflicts > 0
        ? ["  bank conflicts: \(grouped(Int(run.counters.conflicts.rounded()))) extra wavefronts"] : [])
  }

  /// One row a scheduler, one column a clock: the letter of the warp that issued, a dot where none did.
  private static func timeline(_ run: SMRun, clocks: Int) -> [String] {
    let rows = (0..<run.machine.schedulers).map { scheduler in
      var marks = [Character](repeating: ".", count: clocks)
      for entry in run.timeline where entry.scheduler == scheduler && entry.cycle < clocks {
        marks[entry.cycle] = letter(entry.warp / run.machine.schedulers)
      }
      return "  scheduler \(scheduler)  \(String(marks))"
    }
    return ["First \(clocks) clocks: which of its warps a scheduler issued (a, b, c …)"] + rows
  }

  private static func letter(_ index: Int) -> Character {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return index < letters.count ? letters[index] : "*"
  }

  private static func row(_ name: String, _ share: Double) -> String {
    let label = "  \(name)".padded(to: 28)
    let bar = String(repeating: "#", count: Int((min(1, share) * 30).rounded()))
    return label + percent(share).leftPadded(to: 7) + "  " + bar
  }

  private static func percent(_ share: Double, signed: Bool = false) -> String {
    (signed && share >= 0 ? "+" : "") + fixed(share * 100, decimals: 1) + " %"
  }

  private static func withTimePrefix(_ seconds: Double) -> String {
    seconds < 1e-3 ? "\(threeDigits(seconds * 1e6)) us" : "\(threeDigits(seconds * 1e3)) ms"
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  fileprivate func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
