/// A multiprocessor in motion: what every warp, pipe and queue is at, at one clock.
struct SMState {
  let machine: SMMachine
  let program: DecodedBlock
  let policy: SchedulingPolicy
  let totalBlocks: Int, warpsPerBlock: Int
  var warps: [Warp] = []
  var readiness: [WarpReadiness]
  /// Readinesses of one scheduler.
  let perScheduler: Int
  /// Scoreboard, [warp][register]: the clock from which a register can be read, times 16, plus the reason to wait for it.
  var scoreboard: [Int]
  var schedulers: [Scheduler] = []
  /// Clock at which the pipe of a scheduler is free, [scheduler][pipe].
  var pipeFree: [Double]
  /// Clocks at which the load/store unit and the channels to L2 and DRAM are free.
  var memoryFree = 0.0, asyncPortFree = 0.0, l2Free = 0.0, dramFree = 0.0
  /// Per resident block: warps alive, warps at the block's barrier, and its phase barriers.
  var alive: [Int], atBarrier: [Int]
  var barriers: [PhaseBarrier]
  var launched = 0, liveWarps = 0
  var lastEvent = 0
  var counters = SMCounters()
  /// How often each operation was issued, and how many warps have ended.
  var executed: [Int]
  var exits = 0
  var timeline: [TimelineEntry] = []
  let timelineLength: Int
  /// The steady part of the stream of blocks.
  var blockWindow: ProgressWindow

  static let pipes = Pipe.allCases.count
  /// Wavefronts that the load/store unit accepts ahead of its work.
  static let memoryQueueDepth = 64.0

  init(
    _ program: DecodedBlock, _ machine: SMMachine, resident: Int, blocks: Int, policy: SchedulingPolicy, timeline: Int
  ) {
    (self.program, self.machine, self.policy, totalBlocks, timelineLength) = (
      program, machine, policy, blocks, timeline
    )
    warpsPerBlock = program.roleOfWarp.count
    executed = Array(repeating: 0, count: program.operations.count)
    blockWindow = ProgressWindow(blocks: blocks, resident: resident)
    scoreboard = Array(repeating: 0, count: resident * warpsPerBlock * program.registers)
    pipeFree = Array(repeating: 0, count: machine.schedulers * Self.pipes)
    (alive, atBarrier) = (Array(repeating: 0, count: resident), Array(repeating: 0, count: resident))
    barriers = (0..<resident).flatMap { _ in program.barrierArrivals.map(PhaseBarrier.init) }
    perScheduler = (resident * warpsPerBlock + machine.schedulers - 1) / machine.schedulers
    // As if the last warp had issued: the circle begins with the first.
    schedulers = (1...machine.schedulers).map { [perScheduler] in Scheduler(last: $0 * perScheduler - 1) }
    readiness = Array(repeating: WarpReadiness(), count: perScheduler * machine.schedulers)
    for slot in 0..<resident * warpsPerBlock {
      let scheduler = slot % machine.schedulers
      warps.append(
        Warp(
          block: slot / warpsPerBlock, role: program.roleOfWarp[slot % warpsPerBlock], scheduler: scheduler,
          place: scheduler * perScheduler + slot / machine.schedulers))
    }
    // The work distributor goes round all SMs before it comes back with the next block.
    for block in 0..<min(resident, blocks) { launch(block, at: block * machine.blockLaunch) }
  }

  /// Runs until the last warp is gone. Clocks in which no scheduler has anything to do are skipped.
  mutating func run() {
    while liveWarps > 0 {
      var clock = Warp.never
      for scheduler in schedulers.indices { clock = min(clock, schedulers[scheduler].next) }
      precondition(clock < Warp.never, "deadlock: \(liveWarps) warps wait for one another")
      for scheduler in schedulers.indices where schedulers[scheduler].next <= clock { visit(scheduler, clock) }
    }
    settleAll(lastEvent)
    counters.countExit(times: Double(exits))
    for index in executed.indices {
      counters.count(program.operations[index], times: Double(executed[index]), on: machine)
    }
  }

  /// A block takes the place of one that is gone.
  mutating func launch(_ block: Int, at clock: Int) {
    for index in 0..<warpsPerBlock {
      let slot = block * warpsPerBlock + index
      var warp = Warp(
        block: block, role: warps[slot].role, scheduler: warps[slot].scheduler, place: warps[slot].place)
      warp.section = program.roles[warp.role].firstSection
      (warp.iteration, warp.operation) = (1, program.sections[warp.section].first)
      warps[slot] = warp
      readiness[warp.place].age = Int32(launched * warpsPerBlock + index)
      for register in 0..<program.registers { scoreboard[slot * program.registers + register] = 0 }
    }
    for barrier in program.barrierArrivals.indices {
      barriers[block * program.barrierArrivals.count + barrier] = PhaseBarrier(
        arrivals: program.barrierArrivals[barrier])
    }
    (alive[block], atBarrier[block]) = (warpsPerBlock, 0)
    (launched, liveWarps) = (launched + 1, liveWarps + warpsPerBlock)
    for slot in block * warpsPerBlock..<(block + 1) * warpsPerBlock {
      wait(slot, for: warps[slot].operation, clock, .noWarp)
      wake(warps[slot].scheduler, at: readiness[warps[slot].place].at)
    }
  }

  /// From which clock a warp's next operation can be issued, and what it waits for until then.
  mutating func ready(_ slot: Int, at clock: Int, _ reason: StallReason) {
    let place = warps[slot].place
    let operation = warps[slot].operation
    readiness[place].at = clock
    readiness[place].reason = reason
    readiness[place].pipe = operation < 0 ? .control : program.operations[operation].gate
  }

  mutating func wake(_ scheduler: Int, at clock: Int) {
    schedulers[scheduler].next = min(schedulers[scheduler].next, clock)
  }

  mutating func retire(_ slot: Int, at clock: Int) {
    let block = warps[slot].block
    warps[slot].operation = -1
    ready(slot, at: Warp.never, .noWarp)
    (alive[block], liveWarps) = (alive[block] - 1, liveWarps - 1)
    lastEvent = max(lastEvent, clock)
    releaseBarrier(block, at: clock)
    guard alive[block] == 0 else { return }
    countBlock(clock)
    if launched < totalBlocks { launch(block, at: clock + machine.blockLaunch) }
  }
}

/// Which of the warps that could issue does.
package enum SchedulingPolicy: String, Hashable, Sendable, CaseIterable {
  /// The warp that issued last as long as it can, then the one that has not issued for the longest time: warps drift apart,
  /// so that one's memory phase meets another's arithmetic, and none starves.
  case greedyThenWaiting = "greedy-then-longest-waiting"
  /// The warp that issued last as long as it can, then the oldest. The youngest may starve until the others are done.
  /// - Source: Rogers et al., "Cache-conscious wavefront scheduling", MICRO 2012.
  case greedyThenOldest = "greedy-then-oldest"
  /// The next one that can, in a circle.
  case looseRoundRobin = "loose-round-robin"
}

/// One sub-partition's scheduler.
struct Scheduler {
  /// Next clock at which something may happen.
  var next = Warp.never
  /// Place of the warp that issued last.
  var last: Int
  /// What the clocks since `since` were for, and how many warps were in each state.
  var since = 0
  var slot = StallReason.noWarp
  var states = StateCounts()
}

/// Warps of one scheduler by state, six bits each: no scheduler has more than 32.
struct StateCounts {
  private var packed: UInt64 = 0

  mutating func add(_ state: StallReason) {
    if state != .noWarp { packed &+= 1 &<< UInt64(state.rawValue &* 6) }
  }

  mutating func replace(_ old: StallReason, by new: StallReason) {
    packed &-= 1 &<< UInt64(old.rawValue &* 6)
    packed &+= 1 &<< UInt64(new.rawValue &* 6)
  }

  /// Adds clocks for every warp, by state.
  func book(_ clocks: Int, into account: inout [Double]) {
    var (rest, state) = (packed, 0)
    while rest != 0 {
      if rest & 63 != 0 { account[state] += Double(Int(rest & 63) * clocks) }
      (rest, state) = (rest &>> 6, state &+ 1)
    }
  }
}
