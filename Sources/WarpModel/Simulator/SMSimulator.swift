import Cluster

/// Runs a block program on one SM, warp instruction by warp instruction.
///
/// Long work is cut: of a loop, or of a stream of blocks, that is longer than the budget only the beginning is run, and the
/// pace of its later part is repeated: a loop's is the difference of two runs, because warps may not progress alike; a
/// stream's is read off while it runs. A law of the tests holds that cut and whole runs agree.
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
    let once = block.cut(to: 1).issued
    let twice = block.cut(to: 2).issued
    let perIteration = max(1, (twice - once) * resident)
    return min(block.longestLoop, max(32, budget / perIteration) & ~7)
  }

  /// One wave with its loops cut, as often as there are waves.
  private func runWaves(_ block: BlockProgram, _ resident: Int, _ blocks: Int, _ iterations: Int) -> SMRun {
    let waves = blocks / resident
    let rest = blocks % resident
    var run = runLoop(block, waves > 0 ? resident : rest, iterations)
    if waves > 1 { run.add(run, times: Double(waves - 1)) }
    if rest > 0, waves > 0 { run.add(runLoop(block, rest, iterations), times: 1) }
    return run.completed(block, blocks)
  }

  /// What the second half of the cut loop adds to a run of its first half, repeated.
  private func runLoop(_ block: BlockProgram, _ resident: Int, _ iterations: Int) -> SMRun {
    var half = state(block.cut(to: iterations / 2), resident, resident)
    var all = state(block.cut(to: iterations), resident, resident)
    let shorter = simulated(&half, block, resident)
    var run = simulated(&all, block, resident)
    let factor = Double(block.longestLoop - iterations) / Double(iterations - iterations / 2)
    run.cycles += factor * (run.cycles - shorter.cycles)
    run.counters.extend(by: factor, from: shorter.counters, to: run.counters)
    run.counters.setWork(DecodedBlock(block, on: machine), blocks: resident, machine)
    return run
  }

  /// A stream of short blocks: each takes the place of one that is gone.
  private func runStream(_ block: BlockProgram, _ resident: Int, _ blocks: Int) -> SMRun {
    let waves = max(16, budget / max(1, block.issued * resident)) & ~7
    let count = min(blocks, waves * resident)
    var state = state(block, resident, count)
    var run = simulated(&state, block, resident)
    if count < blocks {
      state.blockWindow.extend(&run, by: blocks - count)
      run.counters.setWork(state.program, blocks: blocks, machine)
    }
    return run.completed(block, blocks)
  }

  private func state(_ block: BlockProgram, _ resident: Int, _ blocks: Int) -> SMState {
    SMState(
      DecodedBlock(block, on: machine), machine, resident: resident, blocks: blocks, policy: policy,
      timeline: timelineLength)
  }

  /// Every clock of it.
  private func simulated(_ state: inout SMState, _ block: BlockProgram, _ resident: Int) -> SMRun {
    state.run()
    var run = SMRun(
      name: block.name, machine: machine, policy: policy, blocks: state.totalBlocks, residentBlocks: resident,
      warpsPerBlock: block.warps)
    (run.cycles, run.simulatedCycles) = (Double(state.lastEvent), state.lastEvent)
    (run.counters, run.timeline) = (state.counters, state.timeline)
    return run
  }
}

extension SMRun {
  /// Runs one after the other.
  fileprivate mutating func add(_ other: SMRun, times: Double) {
    cycles += times * other.cycles
    counters = counters.adding(times, of: other.counters)
  }

  fileprivate func completed(_ block: BlockProgram, _ blocks: Int) -> SMRun {
    var run = self
    (run.blocks, run.usefulFLOPs, run.usefulBytes) = (blocks, block.usefulFLOPs * blocks, block.usefulBytes * blocks)
    let slots = run.cycles * machine.issueRate
    if Double(run.simulatedCycles) < run.cycles { run.counters.balanceSlots(to: slots) }
    return run
  }
}
