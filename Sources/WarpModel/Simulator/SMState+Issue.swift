extension SMState {
  /// Sends off the next operation of a warp, and finds out when the one after it can go.
  mutating func issue(_ slot: Int, _ clock: Int) {
    let index = warps[slot].operation
    guard index >= 0 else { return exit(slot, clock) }
    let operation = program.operations[index]
    executed[index] += 1
    note(operation, slot, clock)
    if operation.kind == .barrier { return arriveAtBarrier(slot, operation, clock) }
    perform(operation, slot, clock)
    advance(slot, clock)
  }

  private mutating func exit(_ slot: Int, _ clock: Int) {
    exits += 1
    retire(slot, at: clock + 1)
  }

  private mutating func note(_ operation: MicroOperation, _ slot: Int, _ clock: Int) {
    lastEvent = max(lastEvent, clock + 1)
    guard timeline.count < timelineLength else { return }
    timeline.append(
      TimelineEntry(
        cycle: clock, scheduler: warps[slot].scheduler, warp: Int(readiness[warps[slot].place].age),
        pipe: operation.pipe))
  }

  private mutating func perform(_ operation: MicroOperation, _ slot: Int, _ clock: Int) {
    switch operation.kind {
    case .arithmetic: write(operation, slot, at: arithmetic(operation, slot, clock))
    case .load: write(operation, slot, at: access(operation, clock).done)
    case .store: warps[slot].drained = max(warps[slot].drained, access(operation, clock).left)
    case .copyAsync: warps[slot].openCopies = max(warps[slot].openCopies, access(operation, clock).done)
    case .commitCopies:
      warps[slot].copyGroups.close(at: warps[slot].openCopies)
      warps[slot].openCopies = 0
    case .bulkCopy: arrive(operation.barrier, warps[slot].block, at: bulkCopy(operation, clock), clock)
    case .mmaAsync, .mmaAsyncAll: warps[slot].products.close(at: product(operation, slot, clock))
    case .arrive:
      let done = max(clock, warps[slot].products.done(allBut: operation.count))
      arrive(operation.barrier, warps[slot].block, at: done, clock)
    case .waitCopies, .waitMMA, .wait, .barrier: break
    }
  }

  private mutating func write(_ operation: MicroOperation, _ slot: Int, at clock: Int) {
    warps[slot].drained = max(warps[slot].drained, clock)
    guard operation.destination >= 0 else { return }
    scoreboard[slot * program.registers + operation.destination] = clock * 16 + operation.reason.rawValue
  }

  /// Takes the scheduler's pipe; a warp of 32 goes through fewer lanes in several clocks.
  private mutating func arithmetic(_ operation: MicroOperation, _ slot: Int, _ clock: Int) -> Int {
    if operation.pipe == .memory { return access(operation, clock).done }
    let pipe = warps[slot].scheduler * Self.pipes + operation.pipe.rawValue
    let start = max(Double(clock), pipeFree[pipe])
    pipeFree[pipe] = start + operation.interval
    return Int(start.rounded(.up)) + operation.latency
  }

  /// To the next operation of the program, and to the clock at which its operands are there.
  mutating func advance(_ slot: Int, _ clock: Int) {
    step(slot)
    let earliest = machine.dispatches > 1 ? clock : clock + 1
    let operation = warps[slot].operation
    guard operation >= 0 else {
      return ready(slot, at: max(clock + 1, warps[slot].drained), .drain)
    }
    wait(slot, for: operation, earliest, .dependency)
  }

  private mutating func step(_ slot: Int) {
    warps[slot].operation += 1
    let section = program.sections[warps[slot].section]
    guard warps[slot].operation == section.end else { return }
    if warps[slot].iteration < section.iterations {
      warps[slot].iteration += 1
      warps[slot].operation = section.first
      return
    }
    warps[slot].section += 1
    let more = warps[slot].section < program.roles[warps[slot].role].endSection
    warps[slot].iteration = 1
    warps[slot].operation = more ? program.sections[warps[slot].section].first : -1
  }

  /// Finds the clock from which an operation's operands are there.
  ///
  /// - Parameter reason: what the clocks until `earliest` are for.
  mutating func wait(_ slot: Int, for index: Int, _ earliest: Int, _ reason: StallReason) {
    let operation = program.operations[index]
    let base = slot * program.registers
    var latest = earliest * 16 + reason.rawValue
    if operation.destination >= 0 { latest = max(latest, scoreboard[base + operation.destination]) }
    if operation.sources.0 >= 0 { latest = max(latest, scoreboard[base + operation.sources.0]) }
    if operation.sources.1 >= 0 { latest = max(latest, scoreboard[base + operation.sources.1]) }
    if operation.sources.2 >= 0 { latest = max(latest, scoreboard[base + operation.sources.2]) }
    ready(slot, at: latest >> 4, StallReason(rawValue: latest & 15)!)
    waitAsync(slot, for: operation, earliest)
  }
}
