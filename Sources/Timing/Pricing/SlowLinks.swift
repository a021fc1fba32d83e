import Cluster
import Mesh

/// The slow links of a cluster, and which of them anything was sent over.
///
/// One rank stands for all of its stage and replica: a slow link of any of them holds up the groups of all, for they wait for each other
/// in every layer.
struct SlowLinks {
  private let links: [(link: SlowLink, place: Place)]
  private let mesh: Mesh
  private var used: Set<SlowLink> = []

  private struct Place: Hashable {
    var data, pipeline: Int

    init(_ rank: Int, _ mesh: Mesh) {
      data = mesh.coordinate(of: rank, along: .data)
      pipeline = mesh.coordinate(of: rank, along: .pipeline)
    }
  }

  init(_ links: [SlowLink], _ mesh: Mesh) {
    self.mesh = mesh
    self.links = links.map { ($0, Place($0.rank, mesh)) }
  }

  var idle: [SlowLink] { links.map(\.link).filter { !used.contains($0) } }

  /// How much longer bytes of these ranks take over the slowest link that they use.
  ///
  /// - Parameters:
  ///   - inner: what the ranks of one domain talk over; nil where none do.
  ///   - leavesDomain: whether they use network cards.
  mutating func slowness(
    of ranks: [Int], inner: Link.Kind?, leavesDomain: Bool
  ) -> CommunicationModel.Slowness {
    var slowness = CommunicationModel.Slowness.none
    guard !links.isEmpty else { return slowness }
    let places = Set(ranks.map { Place($0, mesh) })
    for (link, place) in links where places.contains(place) {
      switch (link.part, inner) {
      case (.network, _) where leavesDomain: slowness.cards = max(slowness.cards, link.factor)
      case (.nvlink, .nvlink), (.pcie, .pcie): slowness.link = max(slowness.link, link.factor)
      default: continue
      }
      used.insert(link)
    }
    return slowness
  }
}
