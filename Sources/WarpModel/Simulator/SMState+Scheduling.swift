extension SMState {
  /// One clock of one scheduler: settle the clocks since the last visit, then issue what can be issued.
  mutating func visit(_ scheduler: Int, _ clock: Int) {
    settle(scheduler, clock)
    var issuedAny = false
    for _ in 0..<machine.dispatches {
      let choice = choose(scheduler, clock)
      guard choice.place >= 0 else {
        if !issuedAny { idle(scheduler, until: choice.next, choice.reason) } else { settleDispatch(choice.reason) }
        break
      }
      issuedAny = true
      counters.slots[StallReason.selected.rawValue] += 1
      schedulers[scheduler].last = choice.place
      readiness[choice.place].issued = clock
      schedulers[scheduler].states.replace(.notSelected, by: .selected)
      issue((choice.place - scheduler * perScheduler) * machine.schedulers + scheduler, clock)
    }
    guard issuedAny else { return }
    schedulers[scheduler].next = clock + machine.issueInterval
    schedulers[scheduler].slot = .selected
  }

  /// The second of two dispatches found nothing: its slot stays empty for this clock.
  private mutating func settleDispatch(_ reason: StallReason) { counters.slots[reason.rawValue] += 1 }

  private mutating func idle(_ scheduler: Int, until next: Int, _ reason: StallReason) {
    schedulers[scheduler].next = next
    schedulers[scheduler].slot = reason
  }

  /// Books the clocks since the last visit: slots by reason, warps by state.
  mutating func settle(_ scheduler: Int, _ clock: Int) {
    let clocks = clock - schedulers[scheduler].since
    guard clocks > 0 else { return }
    schedulers[scheduler].since = clock
    let reason = schedulers[scheduler].slot
    // An issuing clock has booked its slots already.
    if reason != .selected {
      counters.slots[reason.rawValue] += Double(clocks * machine.dispatches) / Double(machine.issueInterval)
    }
    schedulers[scheduler].states.book(clocks, into: &counters.warpClocks)
  }

  /// What is the best warp to issue now; without one, when to look again and why not now.
  private mutating func choose(_ scheduler: Int, _ clock: Int) -> (place: Int, next: Int, reason: StallReason) {
    var states = StateCounts()
    var (best, bestRank, next, reason) = (-1, Int.max, Warp.never, StallReason.noWarp)
    let last = schedulers[scheduler].last
    for place in scheduler * perScheduler..<(scheduler + 1) * perScheduler {
      let warp = readiness[place]
      var (at, why) = (warp.at, warp.reason)
      if at <= clock { (at, why) = pipe(warp.pipe, scheduler, clock) }
      states.add(why)
      if at > clock {
        if at < next || next == Warp.never && why != .noWarp { (next, reason) = (min(at, next), why) }
      } else {
        let rank = rank(place, warp, last)
        if rank < bestRank { (best, bestRank) = (place, rank) }
      }
    }
    schedulers[scheduler].states = states
    return (best, next, reason)
  }

  /// The clock from which a pipe takes an operation, and what a warp that wants it is in now.
  private func pipe(_ pipe: Pipe, _ scheduler: Int, _ clock: Int) -> (at: Int, why: StallReason) {
    switch pipe {
    case .control: return (clock, .notSelected)
    case .memory:
      let free = memoryFree - Self.memoryQueueDepth
      return free < Double(clock + 1) ? (clock, .notSelected) : (Int(free), .memoryQueue)
    default:
      let free = pipeFree[scheduler * Self.pipes + pipe.rawValue]
      return free < Double(clock + 1) ? (clock, .notSelected) : (Int(free), .pipeBusy)
    }
  }

  /// The smaller, the sooner.
  private func rank(_ place: Int, _ warp: WarpReadiness, _ last: Int) -> Int {
    switch policy {
    case .greedyThenWaiting: place == last ? -1 : warp.issued
    case .greedyThenOldest: place == last ? -1 : Int(warp.age)
    case .looseRoundRobin: place > last ? place - last - 1 : place - last - 1 + perScheduler
    }
  }
}
