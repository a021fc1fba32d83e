package import Quantities

/// Flows that share links. Each flow gets its max-min fair share: no flow can get more without a slower one getting less.
///
/// - Source: Bertsekas & Gallager, Data Networks, §6.5.2 (progressive filling); SimGrid's `LV08` without its corrections.
/// - Ignores: packets, acknowledgements, slow start. A flow has its whole share from its first byte.
package struct FlowNetwork {
  package struct Link: Hashable, Sendable {
    package var index: Int
  }
  package struct Flow: Hashable, Sendable {
    package var index: Int
  }

  private struct Active {
    var flow: Flow
    var route: [Int]
    /// The most that the flow's own ends take, in bytes a second.
    var limit: Double
    var remaining: Double
    var rate = 0.0
  }

  /// Bytes a second.
  private var capacities: [Double] = []
  private var active: [Active] = []
  private var flows = 0
  private var isFair = true
  package private(set) var now = SimInstant.start
  /// Bytes that each link has carried.
  package private(set) var carried: [Double] = []

  package init() {}

  package mutating func addLink(_ bandwidth: Bandwidth) -> Link {
    precondition(bandwidth.bytesPerSecond > 0, "a link of \(bandwidth)")
    capacities.append(bandwidth.bytesPerSecond)
    carried.append(0)
    return Link(index: capacities.count - 1)
  }

  /// Starts a flow over links; the same link twice counts twice.
  ///
  /// - Parameter limit: the most that its ends take; nil for as much as the links give.
  package mutating func start(_ bytes: ByteCount, over route: [Link], limit: Bandwidth? = nil) -> Flow {
    precondition(!route.isEmpty || limit != nil, "a flow over no link, with no limit, would take no time")
    let flow = Flow(index: flows)
    flows += 1
    active.append(
      Active(
        flow: flow, route: route.map(\.index), limit: limit?.bytesPerSecond ?? .infinity,
        remaining: Double(bytes.value)))
    isFair = false
    return flow
  }

  package var isIdle: Bool { active.isEmpty }

  /// The next instant at which a flow ends, rounded up to a picosecond; nil when there is no flow.
  package mutating func nextEnd() -> SimInstant? {
    share()
    guard let least = active.map({ $0.remaining / $0.rate }).min() else { return nil }
    return now + SimDuration(picoseconds: Int((least * 1e12).rounded(.up)))
  }

  /// Moves on, and returns the flows that have ended, in the order in which they started.
  ///
  /// - Precondition: no flow ends before `time`: ask `nextEnd`.
  package mutating func advance(to time: SimInstant) -> [Flow] {
    share()
    let elapsed = (time - now).seconds
    now = time
    for index in active.indices {
      let moved = min(active[index].remaining, active[index].rate * elapsed)
      active[index].remaining -= moved
      for link in active[index].route { carried[link] += moved }
    }
    // What a picosecond moves is no more than rounding.
    let ended = active.filter { $0.remaining <= $0.rate * 1e-12 }.map(\.flow)
    guard !ended.isEmpty else { return [] }
    active.removeAll { $0.remaining <= $0.rate * 1e-12 }
    isFair = false
    return ended
  }

  /// The rate of a flow that has not ended.
  package mutating func rate(of flow: Flow) -> Bandwidth? {
    share()
    return active.first { $0.flow == flow }.map { Bandwidth($0.rate) }
  }
}

extension FlowNetwork {
  /// Progressive filling: all rates rise together; a flow stops when a link of its route is full, or its ends are.
  private mutating func share() {
    guard !isFair else { return }
    isFair = true
    var room = capacities
    var users = Array(repeating: 0, count: capacities.count)
    for flow in active { for link in flow.route { users[link] += 1 } }
    var open = Array(active.indices)
    while !open.isEmpty {
      let level = level(open, room, users)
      let stopped = open.filter { isFull(active[$0], level, room, users) }
      for index in stopped {
        active[index].rate = level
        for link in active[index].route {
          room[link] -= level
          users[link] -= 1
        }
      }
      open.removeAll { stopped.contains($0) }
    }
  }

  /// The rate at which the next flow stops.
  private func level(_ open: [Int], _ room: [Double], _ users: [Int]) -> Double {
    open.reduce(.infinity) { least, index in
      let links = active[index].route.reduce(active[index].limit) { min($0, room[$1] / Double(users[$1])) }
      return min(least, links)
    }
  }

  private func isFull(_ flow: Active, _ level: Double, _ room: [Double], _ users: [Int]) -> Bool {
    let slack = level * (1 + 1e-12)
    return flow.limit <= slack || flow.route.contains { room[$0] / Double(users[$0]) <= slack }
  }
}
