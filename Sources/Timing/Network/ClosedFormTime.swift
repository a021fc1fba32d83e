import Cluster
package import NetworkModel
package import Quantities

extension CommunicationModel {
  /// What a collective takes in the slowest of some groups, and by what: groups of other shapes than the first lie over more nodes.
  ///
  /// - Parameter groups: of each, the GPUs of its ranks.
  /// - Errors: as of a duration.
  package func longest(
    _ kind: CollectiveRequest.Kind, _ bytes: ByteCount, among groups: [[Int]]
  ) throws(NetworkError) -> CollectiveTime? {
    var shapes: Set<Group> = []
    var longest: CollectiveTime?
    for group in groups {
      let shape = Group(ranks: group, on: cluster)
      guard shapes.insert(shape).inserted else { continue }
      let time = try time(kind, bytes, shape)
      if time.seconds > longest?.seconds ?? 0 { longest = time }
    }
    return longest
  }
}
