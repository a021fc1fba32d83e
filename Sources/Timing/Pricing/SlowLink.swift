/// A connection of one GPU over which everything takes `factor` times as long.
package struct SlowLink: Hashable, Sendable {
  package enum Part: String, Hashable, Sendable, CaseIterable { case network, nvlink, pcie }

  package var part: Part
  package var rank: Int
  package var factor: Double

  package init(_ part: Part, rank: Int, factor: Double) { (self.part, self.rank, self.factor) = (part, rank, factor) }
}
