/// The bounds of `SteadyState` for one wave of a program.
struct WaveEquation {
  /// Iterations of the longest loop that are looked at one by one: more than there are stages between a load and its use.
  static let iterations = 6
  private static let difference = 2

  let machine: SMMachine
  /// Loops cut, and cut shorter: the difference is what further iterations add.
  private let longer: CutBlock, shorter: CutBlock
  private let further: Double
  private let hasBarrier: Bool

  init(_ block: BlockProgram, on machine: SMMachine) {
    self.machine = machine
    hasBarrier = !block.hasNoBarrier
    let cut = min(Self.iterations, block.longestLoop)
    longer = CutBlock(block.cut(to: cut), machine)
    shorter = cut == block.longestLoop ? longer : CutBlock(block.cut(to: cut - Self.difference), machine)
    further = Double(block.longestLoop - cut) / Double(Self.difference)
  }

  /// Clocks of so many blocks that start together.
  func cycles(blocks: Int) -> Double {
    let sections = extrapolated(longer.sections(blocks: blocks), shorter.sections(blocks: blocks))
    let (more, fewer) = (longer.bounds(blocks: blocks), shorter.bounds(blocks: blocks))
    let turns = hasBarrier ? inTurn(alone, blocks: blocks) : 0
    let last = alone + Double((blocks - 1) * machine.blockLaunch)
    return max(sections, last, turns, queued(aloneWarp, blocks: blocks), extrapolated(more, fewer).largest)
  }

  /// One block with the SM to itself.
  var alone: Double { extrapolated(longer.aloneBlock, shorter.aloneBlock) }
  /// One warp.
  var aloneWarp: Double { extrapolated(longer.aloneWarp, shorter.aloneWarp) }

  /// Warps that drift apart hide latency behind traffic, nearly: T = (latency⁶ + traffic⁶)^(1/6), as gpu-model.md §2.5,
  /// with an exponent set against the simulator.
  private func queued(_ latency: Double, blocks: Int) -> Double { norm([latency, busy(blocks: blocks).traffic], 6) }

  /// Blocks that need one resource for a while and then wait for something else: a closed queue of so many customers with
  /// one server. Each finds the queue that one customer fewer would leave.
  ///
  ///     R(n) = work · (1 + Q(n − 1)),  T(n) = R(n) + latency − work,  Q(n) = n · R(n) / T(n)
  ///
  /// - Returns: clocks until every block has had its turn.
  /// - Source: mean value analysis, Reiser and Lavenberg 1980.
  func inTurn(_ latency: Double, blocks: Int) -> Double {
    let work = busy(blocks: blocks).largest / Double(blocks)
    let elsewhere = max(0, latency - work)
    var (waiting, time) = (0.0, 0.0)
    for count in 1...blocks {
      let there = work * (1 + waiting)
      time = there + elsewhere
      waiting = Double(count) * there / time
    }
    return time
  }

  /// Clocks that each resource is busy.
  func busy(blocks: Int) -> Demand { extrapolated(longer.busy(blocks: blocks), shorter.busy(blocks: blocks)) }

  private func extrapolated(_ longer: Double, _ shorter: Double) -> Double {
    longer + further * max(0, longer - shorter)
  }

  private func extrapolated(_ longer: Demand, _ shorter: Demand) -> Demand { longer + further * (longer - shorter) }
}
