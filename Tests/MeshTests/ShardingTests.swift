import Foundation
import Mesh
import Testing

struct ShardingTests {
  @Test(arguments: [
    Sharding.replicated, .sharded(dimension: 0, along: .tensor), .sharded(dimension: 1, along: .data),
    .sharded(dimension: 1, along: .tensor, sections: 3),
  ])
  func `a sharding survives a file`(_ sharding: Sharding) throws {
    let data = try JSONEncoder().encode(sharding)
    let read = try JSONDecoder().decode(Sharding.self, from: data)
    #expect(read == sharding)
  }
}
