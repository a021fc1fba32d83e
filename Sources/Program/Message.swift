package import Mesh
package import Quantities

/// One message between two ranks, as data: it is posted without waiting and completed later.
package struct Message: Hashable, Sendable, Codable {
  package enum Direction: String, Hashable, Sendable, Codable { case send, receive }
  package var direction: Direction
  package var scope: Scope
  /// The other rank, by its number in the world.
  package var peer: Int
  /// Tells messages of one step between the same two ranks apart; equal at both ends.
  package var tag: Int
  package var count: Int
  package var type: ScalarType

  package init(_ direction: Direction, scope: Scope, peer: Int, tag: Int, count: Int, type: ScalarType) {
    (self.direction, self.scope, self.peer) = (direction, scope, peer)
    (self.tag, self.count, self.type) = (tag, count, type)
  }

  package var bytes: ByteCount { ByteCount(count, of: type) }
  package var sentBytes: ByteCount { direction == .send ? bytes : .zero }
}
