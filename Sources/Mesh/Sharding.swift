/// How the ranks of a mesh hold one logical tensor. Gradient reduction, checkpoint layout and initialisation follow from it.
package enum Sharding: Hashable, Sendable, Codable {
  /// Every rank holds all of it.
  case replicated
  /// The ranks along one axis hold equal parts of one dimension.
  case sharded(dimension: Int, along: Axis)
}
