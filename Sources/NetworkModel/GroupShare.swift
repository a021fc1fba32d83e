/// What a group has of its links and cards where other groups use them at the same time, and how it lies on the domains of a link.
package struct GroupShare: Hashable, Sendable {
  /// Of the bandwidth of the link between the group's GPUs, above 0.
  package var link: Double
  /// Of the bandwidth of all cards of a node; above 1 where the ranks of a domain sit in several nodes.
  package var cards: Double
  /// Ranks of the group in one domain of the link, where they sit in several nodes; nil to take the group as packed.
  package var ranksPerDomain: Int?

  package init(link: Double = 1, cards: Double = 1, ranksPerDomain: Int? = nil) {
    precondition(link > 0 && cards > 0 && ranksPerDomain ?? 1 > 0, "a share of \(link), \(cards) is none")
    (self.link, self.cards, self.ranksPerDomain) = (link, cards, ranksPerDomain)
  }

  /// A group that is alone on its machine.
  package static let whole = GroupShare()
}
