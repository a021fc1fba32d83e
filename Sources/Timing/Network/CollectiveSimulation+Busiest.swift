import Cluster
package import Quantities

extension CollectiveSimulation {
  /// A link of the topology with what it carried.
  package struct LinkLoad: Hashable, Sendable {
    package var link: Int
    package var bytes: ByteCount
    /// Links that needed as long, itself included.
    package var alike: Int
  }

  /// The link that needed longest for its bytes at its payload rate, of several the first; nil where nothing was sent.
  package func busiest(_ result: Result) -> LinkLoad? {
    let seconds = result.carried.mapValues { Double($0.value) }
      .map { (link: $0.key, seconds: $0.value / topology.links[$0.key].achieved.bytesPerSecond) }
    guard let longest = seconds.map(\.seconds).max(), longest > 0 else { return nil }
    let alike = seconds.filter { $0.seconds >= longest * (1 - 1e-9) }.map(\.link)
    let first = alike.min()!
    return LinkLoad(link: first, bytes: result.carried[first]!, alike: alike.count)
  }
}
