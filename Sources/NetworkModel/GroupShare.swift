/// What a group has of its links and cards where other groups use them at the same time, and how it lies on the domains of a link.
package struct GroupShare: Hashable, Sendable {
  /// Of the bandwidth of the link between the group's GPUs, above 0.
  package var link: Double
  /// Of the bandwidth of all cards of a node; above 1 where the ranks of a domain sit in several nodes.
  package var cards: Double
  /// Where domains of the link take in several nodes: how many the group reaches into; nil to take the group as packed.
  package var domains: Domains?

  package struct Domains: Hashable, Sendable {
    package var count: Int
    /// The most of the group in one.
    package var ranks: Int

    package init(_ count: Int, ranks: Int) {
      precondition(count > 0 && ranks > 0, "\(count) domains of \(ranks) ranks")
      (self.count, self.ranks) = (count, ranks)
    }
  }

  package init(link: Double = 1, cards: Double = 1, domains: Domains? = nil) {
    precondition(link > 0 && cards > 0, "a share of \(link), \(cards) is none")
    (self.link, self.cards, self.domains) = (link, cards, domains)
  }

  /// A group that is alone on its machine.
  package static let whole = GroupShare()
}
