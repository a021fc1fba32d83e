/// The longest paths through one warp's instructions: when each can start at the earliest, and what must follow it.
///
/// In-order issue, the scoreboard, and the pipes as this warp alone holds them. One phase reaches from one block barrier to
/// the next; the clocks of earlier phases are given, because loads of one phase are waited for in the next.
struct DependencyPath {
  private let machine: SMMachine
  private var ready: [Double]
  private var writer: [Int]
  private var writerLatency: [Double]
  private var pipeFree = [Double](repeating: 0, count: Pipe.allCases.count)
  private var openCopies: [(index: Int, done: Double)] = []
  private var groups: [(index: Int, done: Double)] = []
  /// Operations so far, over all phases; a phase knows its own by their numbers.
  private var count = 0

  init(registers: Int, on machine: SMMachine) {
    self.machine = machine
    ready = Array(repeating: 0, count: registers)
    writer = Array(repeating: -1, count: registers)
    writerLatency = Array(repeating: 0, count: registers)
  }

  struct Phase {
    var heads: [Double] = []
    var tails: [Double] = []
    /// The same by way of the operation's result only: what queues for memory does not hold up what follows it in order.
    var resultTails: [Double] = []
    /// Clock at which the last operation has been issued, and what that leaves.
    var end = 0.0
  }

  private struct Edge {
    var from, to: Int
    var latency: Double
  }

  /// - Parameters:
  ///   - start: clock at which the phase begins.
  ///   - isLast: the warp exits after it, and waits for its results and stores.
  mutating func phase(_ operations: ArraySlice<MicroOperation>, from start: Double, isLast: Bool) -> Phase {
    let first = count
    var phase = Phase()
    var edges: [Edge] = []
    var clock = start
    var drained = start
    for operation in operations {
      let number = count
      clock = earliest(operation, number, after: clock, first, &edges)
      phase.heads.append(clock)
      record(operation, number, clock)
      drained = max(drained, clock + leaving(operation))
      clock += step(operation)
      count += 1
    }
    phase.end = isLast ? max(clock, drained) : clock
    (phase.tails, phase.resultTails) = tails(operations, edges, isLast)
    return phase
  }

  /// Clocks from an issue to the next in order; a barrier that is not the end of the phase holds the warp.
  private func step(_ operation: MicroOperation) -> Double {
    operation.kind == .barrier ? Double(operation.latency) : machine.issueStep
  }

  /// Clocks from an operation's start until the warp may exit.
  private func leaving(_ operation: MicroOperation) -> Double {
    switch operation.kind {
    case .store: max(operation.l2Bytes / machine.l2Port, operation.dramBytes / machine.dramPort)
    case .arithmetic, .load: Double(operation.latency)
    default: 0
    }
  }

  private mutating func earliest(
    _ operation: MicroOperation, _ number: Int, after clock: Double, _ first: Int, _ edges: inout [Edge]
  ) -> Double {
    var clock = clock
    let sources = [operation.sources.0, operation.sources.1, operation.sources.2, operation.destination]
    for register in sources where register >= 0 {
      clock = max(clock, ready[register])
      if writer[register] >= first {
        edges.append(Edge(from: writer[register] - first, to: number - first, latency: writerLatency[register]))
      }
    }
    if operation.kind == .waitCopies, groups.count > operation.count {
      let group = groups[groups.count - operation.count - 1]
      clock = max(clock, group.done)
    }
    if operation.pipe != .memory { clock = max(clock, pipeFree[operation.pipe.rawValue]) }
    return clock
  }

  private mutating func record(_ operation: MicroOperation, _ number: Int, _ clock: Double) {
    let start = max(clock, pipeFree[operation.pipe.rawValue])
    if operation.pipe != .control { pipeFree[operation.pipe.rawValue] = start + operation.interval }
    var latency = Double(operation.latency)
    if operation.pipe == .memory { latency += max(0, operation.interval - 1) }
    switch operation.kind {
    case .copyAsync: openCopies.append((number, start + latency))
    case .commitCopies:
      groups.append((number, max(openCopies.map(\.done).max() ?? 0, groups.last?.done ?? 0)))
      openCopies = []
    default:
      guard operation.destination >= 0 else { return }
      ready[operation.destination] = start + latency
      (writer[operation.destination], writerLatency[operation.destination]) = (number, latency)
    }
  }

  /// Backwards: the longest ways from each operation's start to the end of the phase.
  private func tails(
    _ operations: ArraySlice<MicroOperation>, _ edges: [Edge], _ isLast: Bool
  ) -> (all: [Double], byResult: [Double]) {
    var all = [Double](repeating: 0, count: operations.count)
    var byResult = isLast ? operations.map(leaving) : all
    var edge = edges.count - 1
    for number in (0..<operations.count).reversed() {
      let next = number + 1 < operations.count ? all[number + 1] : 0
      all[number] = max(byResult[number], next + step(operations[operations.startIndex + number]))
      while edge >= 0, edges[edge].to == number {
        byResult[edges[edge].from] = max(byResult[edges[edge].from], all[number] + edges[edge].latency)
        edge -= 1
      }
    }
    return (all, byResult)
  }
}
