/// How the ranks of a mesh hold one logical tensor. Gradient reduction, checkpoint layout and initialisation follow from it.
package enum Sharding: Hashable, Sendable, Codable {
  /// Every rank holds all of it.
  case replicated
  /// The ranks along one axis hold parts of one dimension. A dimension may consist of several equal sections, each of which is cut
  /// by itself: the queries, keys and values of a packed projection.
  case sharded(dimension: Int, along: Axis, sections: Int = 1)

  package var isReplicated: Bool { self == .replicated }
}
