/// An instruction with everything the machine adds: which pipe it holds and how long, its latency, its traffic.
///
/// Simulator and equations both read these, and nothing else, of an instruction.
struct MicroOperation {
  enum Kind {
    /// Holds a pipe, and its result is ready after a fixed time.
    case arithmetic
    case load, store, copyAsync, commitCopies, waitCopies, bulkCopy, mmaAsync, mmaAsyncAll, waitMMA
    case barrier, arrive, wait
  }

  var kind = Kind.arithmetic
  var pipe = Pipe.control
  /// Clocks for which the pipe is held.
  var interval = 0.0
  /// Clocks from issue to the issue of a dependent, on an idle machine.
  var latency = 0
  /// What those wait for who need the result.
  var reason = StallReason.dependency
  var destination = -1
  var sources = (-1, -1, -1)
  var l2Bytes = 0.0, dramBytes = 0.0
  /// Bytes that lanes ask of global memory; bytes and extra wavefronts in shared memory.
  var requestedBytes = 0
  var sharedBytes = 0, conflicts = 0
  /// Clocks of the shared-memory port that an asynchronous operation takes beside its pipe.
  var portClocks = 0.0
  /// Barrier, and pending count or credit.
  var barrier = 0, count = 0
  var lanes = 32

  /// What must be free for the issue: an asynchronous product queues at its tensor core instead.
  var gate: Pipe { kind == .mmaAsync || kind == .mmaAsyncAll ? .control : pipe }

  init(_ instruction: Instruction, on machine: SMMachine) {
    lanes = instruction.mask.nonzeroBitCount
    destination = instruction.destination ?? -1
    precondition(instruction.sources.count <= 3, "an instruction reads three registers at most: \(instruction)")
    let sources = instruction.sources + [-1, -1, -1]
    self.sources = (sources[0], sources[1], sources[2])
    decode(instruction.operation, mask: instruction.mask, machine)
  }

  private mutating func decode(_ operation: Instruction.Operation, mask: UInt32, _ machine: SMMachine) {
    switch operation {
    case .fma: hold(.fma, machine.interval(lanes: machine.fmaLanes), machine.latency.fma)
    case .integer: hold(.integer, machine.interval(lanes: machine.integerLanes), machine.latency.fma)
    case .special:
      hold(.special, machine.interval(lanes: machine.specialLanes), machine.latency.special, .shortScoreboard)
    case .shuffle: hold(.memory, machine.memoryInterval, machine.latency.shared, .shortScoreboard)
    case .mma(let flops): holdTensor(flops, machine)
    case .load(let access): touch(.load, access, mask, machine)
    case .store(let access): touch(.store, access, mask, machine)
    case .copyAsync(let access): copy(access, mask, machine)
    case .commitCopies: kind = .commitCopies
    case .waitCopies(let pending): (kind, count) = (.waitCopies, pending)
    case .bulkCopy(let bytes, let share, let barrier): bulk(bytes, share, barrier, machine)
    case .mmaAsync(let flops, let bytes, let span): product(flops, bytes, span, machine)
    case .waitMMA(let pending): (kind, count) = (.waitMMA, pending)
    case .barrier: (kind, latency) = (.barrier, machine.latency.barrier)
    case .arrive(let barrier, let pending): (kind, self.barrier, count) = (.arrive, barrier, pending)
    case .wait(let barrier, let credit): (kind, self.barrier, count) = (.wait, barrier, credit)
    }
  }

  private mutating func hold(_ pipe: Pipe, _ interval: Double, _ latency: Int, _ reason: StallReason = .dependency) {
    (self.pipe, self.interval, self.latency, self.reason) = (pipe, interval, latency, reason)
  }

  private mutating func holdTensor(_ flops: Int, _ machine: SMMachine) {
    precondition(machine.supportsMMA, "\(machine.name) has no tensor cores")
    let clocks = Double(flops * machine.schedulers) / (machine.tensorRate * machine.mmaShare)
    hold(.tensor, clocks, Int(clocks.rounded(.up)) + machine.latency.mma!)
  }

  /// A load or store: the load/store unit takes its lanes, then shared memory or L1 the wavefronts.
  private mutating func touch(_ kind: Kind, _ access: MemoryAccess, _ mask: UInt32, _ machine: SMMachine) {
    (self.kind, pipe) = (kind, .memory)
    guard access.level != .shared else { return touchShared(access, mask, machine) }
    let bytes = access.pattern.sectors(size: access.size, mask: mask) * SMMachine.sectorSize
    interval = max(machine.memoryInterval, Double(bytes) / machine.l1Port)
    requestedBytes = mask.nonzeroBitCount * access.size
    setTraffic(bytes, access.level, machine)
    reason = .longScoreboard
  }

  private mutating func touchShared(_ access: MemoryAccess, _ mask: UInt32, _ machine: SMMachine) {
    let wavefronts = access.pattern.wavefronts(size: access.size, mask: mask)
    let ideal = AddressPattern.strided(access.size).wavefronts(size: access.size, mask: mask)
    interval = max(machine.memoryInterval, Double(wavefronts) * machine.wavefrontClocks)
    (latency, reason) = (machine.latency.shared, .shortScoreboard)
    (sharedBytes, conflicts) = (mask.nonzeroBitCount * access.size, max(0, wavefronts - ideal))
  }

  private mutating func setTraffic(_ bytes: Int, _ level: MemoryAccess.Level, _ machine: SMMachine) {
    switch level {
    case .shared: break
    case .l1: latency = machine.latency.l1
    case .l2: (latency, l2Bytes) = (machine.latency.l2, Double(bytes))
    case .dram(let share):
      latency = share > 0 ? machine.latency.dram : machine.latency.l2
      (l2Bytes, dramBytes) = (Double(bytes), Double(bytes) * share)
    }
  }

  private mutating func copy(_ access: MemoryAccess, _ mask: UInt32, _ machine: SMMachine) {
    precondition(machine.supportsAsyncCopy, "\(machine.name) has no asynchronous copies")
    (kind, pipe) = (.copyAsync, .memory)
    setTraffic(access.pattern.sectors(size: access.size, mask: mask) * SMMachine.sectorSize, access.level, machine)
    sharedBytes = mask.nonzeroBitCount * access.size
    requestedBytes = sharedBytes
    interval = max(machine.memoryInterval, Double(sharedBytes) / machine.sharedPort)
  }

  private mutating func bulk(_ bytes: Int, _ share: Double, _ barrier: Int, _ machine: SMMachine) {
    (kind, sharedBytes, requestedBytes, self.barrier) = (.bulkCopy, bytes, bytes, barrier)
    setTraffic(bytes, .dram(share: share), machine)
    portClocks = Double(bytes) * machine.asyncWriteShare / machine.sharedPort
  }

  private mutating func product(_ flops: Int, _ bytes: Int, _ span: Instruction.TensorSpan, _ machine: SMMachine) {
    precondition(machine.supportsAsyncMMA, "\(machine.name) has no asynchronous matrix products")
    let share = span == .scheduler ? machine.schedulers : 1
    (kind, pipe) = (span == .scheduler ? .mmaAsync : .mmaAsyncAll, .tensor)
    interval = Double(flops * share) / machine.tensorRate
    (latency, sharedBytes) = (machine.latency.asyncMMA!, bytes)
    portClocks = Double(bytes) / machine.sharedPort
  }
}

extension SMMachine {
  /// Clocks in which the load/store unit takes one warp instruction.
  var memoryInterval: Double { Double(Self.warpSize) / memoryLanes }
  /// Clocks of one wavefront of 32 banks.
  var wavefrontClocks: Double { Double(Self.banks * Self.bankWidth) / sharedPort }
}
