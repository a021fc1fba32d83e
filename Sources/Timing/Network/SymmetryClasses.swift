/// Ranks, messages and links that a plan's symmetries map onto each other.
struct SymmetryClasses {
  /// By number, the class; by class, its least member.
  let ranks, messages, links: (classes: [Int], leasts: [Int])

  /// Each one alone.
  init(alone plan: MessagePlan) {
    var (ranks, messages) = (DisjointSets(plan.ranks), DisjointSets(plan.messages.count))
    var links = DisjointSets(plan.links.count)
    self.init(&ranks, &messages, &links)
  }

  init(_ ranks: inout DisjointSets, _ messages: inout DisjointSets, _ links: inout DisjointSets) {
    (self.ranks, self.messages, self.links) = (ranks.numbered(), messages.numbered(), links.numbered())
  }
}
