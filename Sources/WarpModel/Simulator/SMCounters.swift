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

  /// This + times · other.
  func adding(_ times: Double, of other: SMCounters) -> SMCounters {
    func each(_ path: KeyPath<SMCounters, [Double]>) -> [Double] {
      zip(self[keyPath: path], other[keyPath: path]).map { $0 + times * $1 }
    }
    func one(_ path: KeyPath<SMCounters, Double>) -> Double { self[keyPath: path] + times * other[keyPath: path] }
    var sum = SMCounters()
    (sum.issued, sum.pipeClocks) = (each(\.issued), each(\.pipeClocks))
    (sum.slots, sum.warpClocks) = (each(\.slots), each(\.warpClocks))
    (sum.activeLanes, sum.conflicts) = (one(\.activeLanes), one(\.conflicts))
    sum.requestedBytes = one(\.requestedBytes)
    (sum.l2Bytes, sum.dramBytes, sum.sharedBytes) = (one(\.l2Bytes), one(\.dramBytes), one(\.sharedBytes))
    return sum
  }
}

extension SMCounters {
  /// Counts an operation that is executed so many times.
  mutating func count(_ operation: MicroOperation, times: Double, on machine: SMMachine) {
    issued[operation.pipe.rawValue] += times
    activeLanes += times * Double(operation.lanes)
    let cores = operation.kind == .mmaAsyncAll ? Double(machine.schedulers) : 1
    pipeClocks[operation.pipe.rawValue] += times * cores * operation.interval
    pipeClocks[Pipe.memory.rawValue] += times * operation.portClocks
    l2Bytes += times * operation.l2Bytes
    dramBytes += times * operation.dramBytes
    sharedBytes += times * Double(operation.sharedBytes)
    requestedBytes += times * Double(operation.requestedBytes)
    conflicts += times * Double(operation.conflicts)
  }

  /// Repeats what is between two moments in the accounts of time.
  mutating func extend(by factor: Double, from begin: SMCounters, to end: SMCounters) {
    for index in slots.indices { slots[index] += factor * (end.slots[index] - begin.slots[index]) }
    for index in warpClocks.indices { warpClocks[index] += factor * (end.warpClocks[index] - begin.warpClocks[index]) }
  }

  mutating func countExit(times: Double) {
    issued[Pipe.control.rawValue] += times
    activeLanes += times * Double(SMMachine.warpSize)
  }

  /// Replaces what was counted by what the whole program does, which is known without running it.
  mutating func setWork(_ block: DecodedBlock, blocks: Int, _ machine: SMMachine) {
    var work = SMCounters()
    for (index, role) in block.roles.enumerated() {
      let warps = Double(blocks * block.roleOfWarp.count { $0 == index })
      for section in block.sections[role.firstSection..<role.endSection] {
        for operation in block.operations[section.first..<section.end] {
          work.count(operation, times: warps * Double(section.iterations), on: machine)
        }
      }
      work.countExit(times: warps)
    }
    (work.slots, work.warpClocks) = (slots, warpClocks)
    self = work
  }

  /// Makes an extrapolated account close: what is issued is exact, and what stalls fill the other slots.
  mutating func balanceSlots(to total: Double) {
    let selected = StallReason.selected.rawValue
    let exact = issued.reduce(0, +)
    let stalled = slots.reduce(0, +) - slots[selected]
    let scale = stalled > 0 ? max(0, total - exact) / stalled : 0
    for index in slots.indices { slots[index] *= scale }
    slots[selected] = exact
  }
}
