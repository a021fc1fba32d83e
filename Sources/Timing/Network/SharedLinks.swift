import Quantities

/// Whether some link could be filled by messages that are under way at the same time.
///
/// A rank is in one phase at a time, and a message in the phases of both of its ends. So a link is asked for no more than its senders
/// ask for in their most demanding phases, nor for more than its receivers do.
struct SharedLinks {
  let areFilled: Bool

  init(_ plan: MessagePlan) {
    let demand = zip(Self.demand(plan, of: \.from), Self.demand(plan, of: \.to)).map { min($0, $1) }
    areFilled = zip(demand, plan.capacities).contains { $0 > $1.bytesPerSecond * (1 + 1e-9) }
  }

  /// By link, in bytes a second: the sum over ranks of the most that each asks for in a phase.
  private static func demand(_ plan: MessagePlan, of end: KeyPath<MessagePlan.Message, Int>) -> [Double] {
    var most: [Int: Double] = [:]
    for phase in plan.phases.joined() {
      var asked: [Int: Double] = [:]
      for message in plan.messages[phase.messages] {
        let channel = plan.channels[message.channel]
        for link in channel.links {
          asked[message[keyPath: end] * plan.links.count + link, default: 0] += channel.rate.bytesPerSecond
        }
      }
      most.merge(asked) { max($0, $1) }
    }
    var result = Array(repeating: 0.0, count: plan.links.count)
    for (key, rate) in most { result[key % plan.links.count] += rate }
    return result
  }
}
