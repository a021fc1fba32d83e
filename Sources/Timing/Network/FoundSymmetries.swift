import Quantities

/// The classes under all permutations that have been found to be symmetries of a plan.
struct FoundSymmetries {
  private let plan: MessagePlan
  private let groupOfRank: [Int]
  private var ranks, messages, links: DisjointSets

  init(_ plan: MessagePlan) {
    self.plan = plan
    groupOfRank = zip(plan.firstRanks, plan.firstRanks.dropFirst()).enumerated().flatMap { group, ends in
      Array(repeating: group, count: ends.1 - ends.0)
    }
    (ranks, messages) = (DisjointSets(plan.ranks), DisjointSets(plan.messages.count))
    links = DisjointSets(plan.links.count)
  }

  var classes: SymmetryClasses {
    var copy = self
    return SymmetryClasses(&copy.ranks, &copy.messages, &copy.links)
  }

  /// - Parameter image: of each rank; whole groups onto groups.
  /// - Returns: whether it is a symmetry.
  mutating func add(_ image: [Int]) -> Bool {
    guard let mapped = PlanMapping(plan, image, groupOfRank) else { return false }
    for (rank, other) in image.enumerated() { ranks.join(rank, other) }
    for (message, other) in mapped.messages.enumerated() { messages.join(message, other) }
    for (link, other) in mapped.links.enumerated() { links.join(link, other) }
    return true
  }
}

/// Where a permutation of ranks takes messages and links.
private struct PlanMapping {
  private(set) var messages: [Int]
  private(set) var links: [Int]
  private var isTaken: [Bool]
  private var isLinkTaken: [Bool]

  /// Nil if some message or link has no image of its own.
  init?(_ plan: MessagePlan, _ image: [Int], _ groupOfRank: [Int]) {
    messages = Array(repeating: -1, count: plan.messages.count)
    links = Array(repeating: -1, count: plan.links.count)
    isTaken = Array(repeating: false, count: messages.count)
    isLinkTaken = Array(repeating: false, count: links.count)
    for (group, phases) in plan.phases.enumerated() where plan.firstRanks[group] < plan.firstRanks[group + 1] {
      let others = plan.phases[groupOfRank[image[plan.firstRanks[group]]]]
      guard phases.count == others.count else { return nil }
      for (phase, other) in zip(phases, others) {
        guard phase.repeats == other.repeats, map(phase, to: other, plan, image) else { return nil }
      }
    }
  }

  private mutating func map(
    _ phase: MessagePlan.Phase, to other: MessagePlan.Phase, _ plan: MessagePlan, _ image: [Int]
  ) -> Bool {
    guard phase.messages.count == other.messages.count else { return false }
    for index in phase.messages {
      let message = plan.messages[index]
      let candidates = plan.messages(from: image[message.from], in: other)
      guard let found = candidates.first(where: { take(index, $0, plan, to: image[message.to]) }) else { return false }
      messages[index] = found
    }
    return true
  }

  /// Maps a message and its links onto another, if nothing contradicts it.
  private mutating func take(_ index: Int, _ other: Int, _ plan: MessagePlan, to receiver: Int) -> Bool {
    let (own, its) = (plan.messages[index], plan.messages[other])
    guard !isTaken[other], its.to == receiver, its.bytes == own.bytes else { return false }
    let (way, itsWay) = (plan.channels[own.channel], plan.channels[its.channel])
    guard way.delay == itsWay.delay, way.links.count == itsWay.links.count else { return false }
    for (link, image) in zip(way.links, itsWay.links) {
      let isNew = links[link] < 0 && !isLinkTaken[image] && plan.capacities[link] == plan.capacities[image]
      guard isNew || links[link] == image else { return false }
    }
    for (link, image) in zip(way.links, itsWay.links) {
      links[link] = image
      isLinkTaken[image] = true
    }
    isTaken[other] = true
    return true
  }
}

extension MessagePlan {
  /// The messages of one sender in a phase, which lie together, in the order of senders.
  fileprivate func messages(from sender: Int, in phase: Phase) -> Range<Int> {
    let start = firstMessage(of: sender, phase)
    var end = start
    while end < phase.messages.upperBound, messages[end].from == sender { end += 1 }
    return start..<end
  }

  private func firstMessage(of sender: Int, _ phase: Phase) -> Int {
    var (low, high) = (phase.messages.lowerBound, phase.messages.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if messages[middle].from < sender { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
