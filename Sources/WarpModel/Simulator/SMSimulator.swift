import Cluster

/// Runs a block program on one SM, warp instruction by warp instruction.
///
/// Long work is cut: a loop that is longer than the budget is run with two smaller counts, and what the second adds to the
/// first is repeated; so is a long stream of blocks. A law of the tests holds that cut and whole runs agree.
package struct SMSimulator: Sendable {
  package var machine: SMMachine
  package var policy = SchedulingPolicy.greedyThenWaiting
  /// Warp instructions to simulate before the steady state is repeated instead.
  package var budget = 24_000
  /// Issues to remember for the timeline.
  package var timelineLength = 400

  package init(_ machine: SMMachine, policy: SchedulingPolicy = .greedyThenWaiting) {
    (self.machine, self.policy) = (machine, policy)
  }

  /// `blocks` blocks on this SM, at most `resident` at a time.
  package func run(_ block: BlockProgram, resident: Int = 1, blocks: Int? = nil) -> SMRun {
    let blocks = blocks ?? resident
    precondition(resident > 0 && blocks > 0, "\(block.name): \(resident) resident blocks of \(blocks)")
    precondition(
      min(resident, blocks) * block.warps <= machine.limits.warps,
      "\(block.name): \(resident) blocks of \(block.warps) warps do not fit \(machine.limits.warps) warps")
    let iterations = loopBudget(block, resident: min(resident, blocks))
    if iterations < block.longestLoop { return runWaves(block, resident, blocks, iterations) }
    return runStream(block, min(resident, blocks), blocks)
  }

  /// Iterations of the longest loop that the budget allows.
  private func loopBudget(_ block: BlockProgram, resident: Int) -> Int {
    let once = block.cut(to: 1).issued, twice = block.cut(to: 2).issued
    let perIteration = max(1, (twice - once) * resident)
    return min(block.longestLoop, max(20, budget / perIteration) & ~1)
  }

  /// One wave with its loops cut, as often as there are waves.
  private func runWaves(_ block: BlockProgram, _ resident: Int, _ blocks: Int, _ iterations: Int) -> SMRun {
    let waves = blocks / resident, rest = blocks % resident
    var run = waves > 0 ? runLoop(block, resident, iterations) : runLoop(block, rest, iterations)
    run.blocks = blocks
    if waves > 1 { run.add(Double(waves - 1), of: run, minus: nil) }
    if rest > 0, waves > 0 { run.add(1, of: runLoop(block, rest, iterations), minus: nil) }
    return run.counting(block, blocks)
  }

  private func runLoop(_ block: BlockProgram, _ resident: Int, _ iterations: Int) -> SMRun {
    let half = simulate(block.cut(to: iterations / 2), resident, resident)
    var run = simulate(block.cut(to: iterations), resident, resident)
    let factor = Double(block.longestLoop - iterations) / Double(iterations - iterations / 2)
    run.add(factor, of: run, minus: half)
    return run
  }

  /// A stream of short blocks: each takes the place of one that is gone.
  private func runStream(_ block: BlockProgram, _ resident: Int, _ blocks: Int) -> SMRun {
    let wave = block.issued * resident
    let waves = max(16, budget / max(1, wave)) & ~1
    guard blocks > waves * resident else { return simulate(block, resident, blocks).counting(block, blocks) }
    let half = simulate(block, resident, resident * waves / 2)
    var run = simulate(block, resident, resident * waves)
    run.add(Double(blocks - resident * waves) / Double(resident * waves / 2), of: run, minus: half)
    return run.counting(block, blocks)
  }

  /// Every clock of it.
  private func simulate(_ block: BlockProgram, _ resident: Int, _ blocks: Int) -> SMRun {
    var state = SMState(
      DecodedBlock(block, on: machine), machine, resident: resident, blocks: blocks, policy: policy,
      timeline: timelineLength)
    state.run()
    var run = SMRun(
      name: block.name, machine: machine, policy: policy, blocks: blocks, residentBlocks: resident,
      warpsPerBlock: block.warps)
    (run.cycles, run.simulatedCycles) = (Double(state.lastEvent), state.lastEvent)
    (run.counters, run.timeline) = (state.counters, state.timeline)
    return run
  }
}

extension SMRun {
  fileprivate mutating func add(_ factor: Double, of longer: SMRun, minus shorter: SMRun?) {
    cycles += factor * (longer.cycles - (shorter?.cycles ?? 0))
    counters = counters.adding(factor, of: longer.counters, minus: shorter?.counters ?? SMCounters())
  }

  fileprivate func counting(_ block: BlockProgram, _ blocks: Int) -> SMRun {
    var run = self
    (run.blocks, run.usefulFLOPs, run.usefulBytes) = (blocks, block.usefulFLOPs * blocks, block.usefulBytes * blocks)
    return run
  }
}
