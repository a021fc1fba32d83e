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

  /// Clocks of one warp, and of one block, with the SM to itself.
  var aloneWarp: Double { roles.count == 1 ? roles[0].phases(WarpLoad(all: 1, ofScheduler: 1)) : 0 }
  var aloneBlock: Double { roles.count == 1 ? roles[0].phases(load(0, blocks: 1)) : pipeline.alone(iterations) }

  /// Clocks for which each resource is busy.
  func busy(blocks: Int) -> Demand {
    roles.indices.reduce(Demand()) { $0 + load($1, blocks: blocks).demand * roles[$1].total }
  }

  /// The one-machine bounds over all resident warps.
  func bounds(blocks: Int) -> Demand {
    if roles.count == 1 { return roles[0].bounds(load(0, blocks: blocks)) }
    return Demand(busy(blocks: blocks).clocks + pipeline.fill)
  }

  /// Clocks if all warps are in the same section at any time.
  func sections(blocks: Int) -> Double {
    roles.count == 1 ? roles[0].sections(load(0, blocks: blocks)) : busy(blocks: blocks).together
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

/// Warps that compete: on the SM, and on its busiest scheduler.
struct WarpLoad {
  var all: Int, ofScheduler: Int

  /// By resource.
  var demand: Demand {
    var demand = Demand(SIMD8(repeating: Double(all)))
    for resource in SMResource.allCases where resource.isPerScheduler { demand[resource] = Double(ofScheduler) }
    return demand
  }
}
