/// One role's instructions, written out.
struct CutRole {
  let machine: SMMachine
  let operations: [MicroOperation]
  let registers: Int
  /// One warp's.
  let total: Demand
  private let demands: [Demand]
  private let sectionDemands: [Demand]

  init(_ block: DecodedBlock, _ role: Int, _ machine: SMMachine) {
    self.machine = machine
    registers = block.registers
    let sections = block.sections[block.roles[role].firstSection..<block.roles[role].endSection]
    let demand = block.operations.map { Demand($0, on: machine) }
    func written<T>(_ list: [T]) -> [T] {
      sections.flatMap { section in (0..<section.iterations).flatMap { _ in list[section.first..<section.end] } }
    }
    (operations, demands) = (written(block.operations), written(demand))
    sectionDemands = sections.map { section in
      Double(section.iterations) * demand[section.first..<section.end].reduce(Demand(), +)
    }
    var exit = Demand()
    exit[.issueSlots] = machine.issueStep
    total = sectionDemands.reduce(exit, +)
  }

  /// Phases between block barriers, one after the other.
  func phases(_ load: WarpLoad) -> Double {
    var path = DependencyPath(registers: registers, on: machine)
    var clock = 0.0
    for part in parts() {
      let phase = path.phase(operations[part], from: clock, isLast: part.upperBound == operations.count)
      var demand = load.demand * demands[part].reduce(Demand(), +)
      // Traffic that nothing in the phase waits for can go on in the next one.
      (demand[.l2], demand[.dram]) = (0, 0)
      let work = hasBarrier ? demand.together : demand.largest
      clock += max(phase.end - clock, work, oneMachine(part, phase, load, from: clock).largest)
      if operations[part.upperBound - 1].kind == .barrier { clock += Double(machine.latency.barrier) }
    }
    return clock + machine.issueStep
  }

  /// Clocks if all warps are in the same section at any time: of each section, what its busiest resource takes; with
  /// barriers, what its resources take together, because they are busy in turns.
  func sections(_ load: WarpLoad) -> Double {
    sectionDemands.reduce(0) { sum, section in
      let demand = load.demand * section
      return sum + (hasBarrier ? demand.together : demand.largest)
    }
  }

  private var hasBarrier: Bool { operations.contains { $0.kind == .barrier } }

  /// All instructions as one phase.
  func bounds(_ load: WarpLoad) -> Demand {
    var path = DependencyPath(registers: registers, on: machine)
    let all = operations.indices
    return Demand(
      oneMachine(all, path.phase(operations[all], from: 0, isLast: true), load, from: 0).clocks + machine.issueStep)
  }

  private func parts() -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var first = 0
    for index in operations.indices where operations[index].kind == .barrier || index == operations.count - 1 {
      parts.append(first..<index + 1)
      first = index + 1
    }
    return parts
  }

  /// max over p ≤ q of head(p) + W · demand(p…q) + tail(q), for all resources in one pass.
  private func oneMachine(
    _ part: Range<Int>, _ phase: DependencyPath.Phase, _ load: WarpLoad, from start: Double
  ) -> Demand {
    let warps = load.demand.clocks
    let inOrder = SIMDMask<SIMD8<Int64>>(SMResource.allCases.map(\.isPerScheduler))
    var before = SIMD8<Double>(repeating: 0)
    var most = before
    var head = SIMD8<Double>(repeating: -.infinity)
    var tail = SIMD8<Double>(repeating: .infinity)
    for index in part {
      let (own, place) = (demands[index].clocks, index - part.lowerBound)
      var used = own .> 0
      if phase.resultTails[place] == 0, operations[index].kind != .store {
        (used[SMResource.l2.rawValue], used[SMResource.dram.rawValue]) = (false, false)
      }
      let heads = SIMD8<Double>(repeating: phase.heads[place] - start) - warps * before
      let later = used .& (heads .> head)
      head.replace(with: heads, where: later)
      tail.replace(with: .infinity, where: later)
      before += own
      let tails =
        SIMD8<Double>(repeating: phase.resultTails[place])
        .replacing(with: phase.tails[place], where: inOrder) - own
      tail.replace(with: pointwiseMin(tail, pointwiseMax(tails, .zero)), where: used)
      most.replace(with: pointwiseMax(most, head + warps * before + tail), where: used)
    }
    return Demand(most)
  }
}
