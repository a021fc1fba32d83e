extension SMState {
  /// __syncthreads: the warp goes on when all warps of the block that are still alive have arrived.
  mutating func arriveAtBarrier(_ slot: Int, _ operation: MicroOperation, _ clock: Int) {
    let block = warps[slot].block
    atBarrier[block] += 1
    ready(slot, at: Warp.never, .barrier)
    releaseBarrier(block, at: clock)
  }

  mutating func releaseBarrier(_ block: Int, at clock: Int) {
    guard alive[block] > 0, atBarrier[block] == alive[block] else { return }
    atBarrier[block] = 0
    for slot in block * warpsPerBlock..<(block + 1) * warpsPerBlock where warps[slot].operation >= 0 {
      advance(slot, clock)
      let release = clock + machine.latency.barrier
      if readiness[warps[slot].place].at < release { ready(slot, at: release, .barrier) }
      let next = readiness[warps[slot].place].at
      if next < Warp.never { wake(warps[slot].scheduler, at: next) }
    }
  }

  /// Waits for groups of copies or products, or for a phase of a barrier.
  mutating func waitAsync(_ slot: Int, for operation: MicroOperation, _ earliest: Int) {
    switch operation.kind {
    case .waitCopies: hold(slot, until: warps[slot].copyGroups.done(allBut: operation.count))
    case .waitMMA: hold(slot, until: warps[slot].products.done(allBut: operation.count))
    case .wait: waitPhase(slot, operation)
    default: break
    }
  }

  private mutating func hold(_ slot: Int, until clock: Int) {
    if clock > readiness[warps[slot].place].at { ready(slot, at: clock, .asyncWait) }
  }

  /// The n-th execution of a wait needs phase n − credit.
  private mutating func waitPhase(_ slot: Int, _ operation: MicroOperation) {
    let phase = warps[slot].phase(of: operation.barrier) - operation.count
    warps[slot].countWait(operation.barrier)
    guard phase >= 0 else { return }
    let barrier = barriers[warps[slot].block * program.barrierArrivals.count + operation.barrier]
    if phase < barrier.completed { return hold(slot, until: barrier.times[phase % Warp.ring]) }
    (warps[slot].awaitedBarrier, warps[slot].awaitedPhase) = (operation.barrier, phase)
    ready(slot, at: Warp.never, .asyncWait)
  }

  /// One arrival at a block-wide barrier, effective at `time`; a completed phase frees those that wait for it.
  mutating func arrive(_ barrier: Int, _ block: Int, at time: Int, _ clock: Int) {
    let index = block * program.barrierArrivals.count + barrier
    guard barriers[index].arrive(at: time) else { return }
    let phase = barriers[index].completed - 1
    for slot in block * warpsPerBlock..<(block + 1) * warpsPerBlock
    where warps[slot].awaitedBarrier == barrier && warps[slot].awaitedPhase == phase {
      warps[slot].awaitedBarrier = -1
      ready(slot, at: max(clock + 1, barriers[index].times[phase % Warp.ring]), .asyncWait)
      wake(warps[slot].scheduler, at: readiness[warps[slot].place].at)
    }
  }
}
