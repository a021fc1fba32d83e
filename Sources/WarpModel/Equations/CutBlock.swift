/// A program whose loops are short enough to be written out.
struct CutBlock {
  let machine: SMMachine
  let decoded: DecodedBlock
  let roles: [CutRole]
  let iterations: Int

  init(_ block: BlockProgram, _ machine: SMMachine) {
    self.machine = machine
    decoded = DecodedBlock(block, on: machine)
    iterations = block.longestLoop
    let decoded = self.decoded
    roles = decoded.roles.indices.map { CutRole(decoded, $0, machine) }
  }

  /// Clocks of one block with the SM to itself.
  var alone: Double { roles.count == 1 ? roles[0].phases(warps: load(0, blocks: 1)) : pipeline.alone(iterations) }

  /// Clocks for which a resource is busy.
  func busy(_ resource: SMResource, blocks: Int) -> Double {
    roles.indices.reduce(0) { sum, role in
      let load = load(role, blocks: blocks)
      return sum + Double(resource.isPerScheduler ? load.ofScheduler : load.all) * roles[role].total[resource]
    }
  }

  /// The one-machine bound over all resident warps.
  func bound(_ resource: SMResource, blocks: Int) -> Double {
    guard roles.count == 1 else { return busy(resource, blocks: blocks) + pipeline.fill }
    return roles[0].bound(resource, warps: load(0, blocks: blocks))
  }

  private var pipeline: AsyncPipeline { AsyncPipeline(roles, decoded, machine) }

  /// Warps of a role; of its warps on one scheduler, the most.
  private func load(_ role: Int, blocks: Int) -> WarpLoad {
    let perBlock = decoded.roleOfWarp.count
    var counts = [Int](repeating: 0, count: machine.schedulers)
    for slot in 0..<blocks * perBlock where decoded.roleOfWarp[slot % perBlock] == role {
      counts[slot % machine.schedulers] += 1
    }
    return WarpLoad(all: counts.reduce(0, +), ofScheduler: counts.max() ?? 0)
  }
}

/// Warps that compete: on the busiest scheduler, and on the SM.
struct WarpLoad {
  var all: Int, ofScheduler: Int
  func of(_ resource: SMResource) -> Double { Double(resource.isPerScheduler ? ofScheduler : all) }
}

/// One role's instructions, written out.
struct CutRole {
  let machine: SMMachine
  let operations: [MicroOperation]
  let registers: Int
  let total: Demand

  init(_ block: DecodedBlock, _ role: Int, _ machine: SMMachine) {
    self.machine = machine
    registers = block.registers
    let sections = block.sections[block.roles[role].firstSection..<block.roles[role].endSection]
    operations = sections.flatMap { section in
      (0..<section.iterations).flatMap { _ in block.operations[section.first..<section.end] }
    }
    var total = operations.reduce(Demand()) { $0 + Demand($1, on: machine) }
    // The EXIT.
    total[.issueSlots] += machine.issueStep
    self.total = total
  }

  /// Phases between block barriers, one after the other.
  func phases(warps: WarpLoad) -> Double {
    var path = DependencyPath(registers: registers, on: machine)
    var clock = 0.0
    for part in parts() {
      let phase = path.phase(part, from: clock)
      let bound = SMResource.allCases.map { oneMachine(part, phase, $0, warps, from: clock) }.max() ?? 0
      clock += max(phase.end - clock, bound)
      if part.last?.kind == .barrier { clock += Double(machine.latency.barrier) }
    }
    return clock + machine.issueStep
  }

  /// All instructions as one phase.
  func bound(_ resource: SMResource, warps: WarpLoad) -> Double {
    var path = DependencyPath(registers: registers, on: machine)
    return oneMachine(operations, path.phase(operations, from: 0), resource, warps, from: 0) + machine.issueStep
  }

  private func parts() -> [[MicroOperation]] {
    var parts: [[MicroOperation]] = [[]]
    for operation in operations {
      parts[parts.count - 1].append(operation)
      if operation.kind == .barrier { parts.append([]) }
    }
    return parts.filter { !$0.isEmpty }
  }

  /// max over p ≤ q of head(p) + W · demand(p…q) + tail(q), in one pass.
  private func oneMachine(
    _ part: [MicroOperation], _ phase: DependencyPath.Phase, _ resource: SMResource, _ warps: WarpLoad, from start: Double
  ) -> Double {
    let count = warps.of(resource)
    var (before, bestHead, most) = (0.0, -Double.infinity, 0.0)
    for index in part.indices {
      let own = Demand(part[index], on: machine)[resource]
      guard own > 0 else { continue }
      bestHead = max(bestHead, phase.heads[index] - start - count * before)
      before += own
      most = max(most, bestHead + count * before - own + max(own, phase.tails[index]))
    }
    return most
  }
}
