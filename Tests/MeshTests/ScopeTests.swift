import Foundation
import Mesh
import Testing

struct ScopeTests {
  @Test(arguments: orders)
  func `the groups of every scope hold the rank that asks, and all their members see the same group`(_ order: [Axis]) {
    for mesh in hybridMeshes(order: order) {
      for scope in Scope.allCases {
        for rank in 0..<mesh.count where isIn(scope, mesh, rank) {
          let group = mesh.group(of: rank, in: scope)
          let seen = Set(group.map { mesh.group(of: $0, in: scope) })
          #expect(group.contains(rank) && seen == [group], "\(mesh), rank \(rank) in \(scope)")
        }
      }
    }
  }

  /// The ends of a pipeline are a group of their own, to which ranks in the middle do not belong.
  private func isIn(_ scope: Scope, _ mesh: Mesh, _ rank: Int) -> Bool {
    let place = mesh.coordinate(of: rank, along: .pipeline)
    return scope != .ends || place == 0 || place == mesh.size(.pipeline) - 1
  }

  @Test(arguments: orders)
  func `every scope but the ends partitions the world`(_ order: [Axis]) {
    for mesh in hybridMeshes(order: order) {
      for scope in Scope.allCases where scope != .ends {
        let groups = Set((0..<mesh.count).map { mesh.group(of: $0, in: scope) })
        #expect(groups.flatMap { $0 }.sorted() == Array(0..<mesh.count), "\(mesh) in \(scope)")
      }
    }
  }

  @Test(arguments: orders)
  func `the ends of all pipelines are the ranks of the first and the last stage, each once`(_ order: [Axis]) {
    for mesh in hybridMeshes(order: order) {
      let last = mesh.size(.pipeline) - 1
      let ends = (0..<mesh.count).filter { [0, last].contains(mesh.coordinate(of: $0, along: .pipeline)) }
      let groups = Set((0..<mesh.count).map { mesh.group(of: $0, in: .ends) })
      #expect(groups.flatMap { $0 }.sorted() == ends, "\(mesh)")
      #expect(groups.allSatisfy { $0.count == min(last + 1, 2) }, "\(mesh)")
    }
  }

  @Test(arguments: orders)
  func `a data-parallel rank is one of its shards in one of its replicas`(_ order: [Axis]) {
    for mesh in hybridMeshes(order: order) {
      for rank in 0..<mesh.count {
        let (shards, replicas) = (mesh.group(of: rank, in: .shard), mesh.group(of: rank, in: .replicate))
        #expect(shards.count == mesh.shardSize && replicas.count == mesh.replicas, "\(mesh), rank \(rank)")
        #expect(Set(shards).intersection(replicas) == [rank], "\(mesh), rank \(rank)")
        let reached = Set(replicas.flatMap { mesh.group(of: $0, in: .shard) })
        #expect(reached == Set(mesh.group(of: rank, in: .data)), "\(mesh), rank \(rank)")
      }
    }
  }

  @Test func `shards are neighbours on the data axis, replicas are a set apart`() {
    let mesh = Mesh([.data: 4, .tensor: 2], shardSize: 2)
    #expect(mesh.group(of: 0, in: .shard) == [0, 2])
    #expect(mesh.group(of: 6, in: .shard) == [4, 6])
    #expect(mesh.group(of: 0, in: .replicate) == [0, 4])
    #expect(mesh.group(of: 3, in: .replicate) == [3, 7])
    #expect(mesh.replicas == 2 && mesh.shardScope == .shard)
  }

  @Test func `without replicas the shards are the data axis`() {
    let mesh = Mesh([.data: 4])
    #expect(mesh.shardSize == 4 && mesh.replicas == 1 && mesh.shardScope == .data)
    #expect(mesh.group(of: 2, in: .shard) == mesh.group(of: 2, in: .data))
    #expect(mesh.group(of: 2, in: .replicate) == [2])
  }

  @Test func `a group is in the order of its coordinates, whatever the order of the ranks`() {
    let mesh = Mesh([.pipeline: 3, .data: 2], order: [.data, .tensor, .context, .expert, .pipeline])
    #expect(mesh.group(of: 4, in: .pipeline) == [3, 4, 5])
    #expect(mesh.group(of: 4, in: .data) == [1, 4])
    #expect(mesh.group(of: 4, in: .ends) == [3, 5])
    #expect(mesh.group(of: 4, in: .world) == Array(0..<6))
  }

  @Test(arguments: Axis.allCases)
  func `an axis is a scope of the same name and the same groups`(_ axis: Axis) {
    let mesh = Mesh([.pipeline: 2, .data: 3, .tensor: 2])
    #expect(Scope(axis).rawValue == axis.rawValue)
    for rank in 0..<mesh.count {
      #expect(mesh.group(of: rank, in: Scope(axis)) == mesh.group(of: rank, along: axis))
    }
  }

  @Test func `a mesh with sets of shards survives a file`() throws {
    let mesh = Mesh([.data: 4, .pipeline: 2], order: Mesh.defaultOrder.reversed(), shardSize: 2)
    let read = try JSONDecoder().decode(Mesh.self, from: JSONEncoder().encode(mesh))
    #expect(read == mesh)
  }

  @Test func `sets of shards that do not divide the data axis are our own bug`() async {
    await #expect(processExitsWith: .failure) { _ = Mesh([.data: 4], shardSize: 3) }
    await #expect(processExitsWith: .failure) { _ = Mesh([.data: 4], shardSize: 0) }
  }
}

private let orders: [[Axis]] = [
  Mesh.defaultOrder, Mesh.defaultOrder.reversed(), [.data, .tensor, .pipeline, .context, .expert],
]

/// Pipelines of up to three, tensor axes of up to two, and data axes of up to four in every number of sets.
private func hybridMeshes(order: [Axis]) -> [Mesh] {
  var all: [Mesh] = []
  for pipeline in 1...3 {
    for tensor in 1...2 {
      for data in 1...4 {
        for size in 1...data where data.isMultiple(of: size) {
          all.append(Mesh([.pipeline: pipeline, .data: data, .tensor: tensor], order: order, shardSize: size))
        }
      }
    }
  }
  return all
}
