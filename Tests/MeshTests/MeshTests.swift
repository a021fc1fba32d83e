import Mesh
import Testing

struct MeshTests {
  @Test(arguments: orders)
  func `ranks and coordinates are in one-to-one correspondence`(_ order: [Axis]) {
    for mesh in smallMeshes(order: order) {
      let places = (0..<mesh.count).map(mesh.coordinates(of:))
      #expect(Set(places).count == mesh.count, "\(mesh)")
      #expect(places.map(mesh.rank(at:)) == Array(0..<mesh.count), "\(mesh)")
      let isInside = places.allSatisfy { place in
        Axis.allCases.allSatisfy { (0..<mesh.size($0)).contains(place[$0] ?? -1) }
      }
      #expect(isInside, "\(mesh)")
    }
  }

  @Test(arguments: orders)
  func `the groups along each axis partition the world`(_ order: [Axis]) {
    for mesh in smallMeshes(order: order) {
      for axis in Axis.allCases {
        let groups = Set((0..<mesh.count).map { mesh.group(of: $0, along: axis) })
        #expect(groups.flatMap { $0 }.sorted() == Array(0..<mesh.count), "\(mesh) along \(axis)")
        #expect(groups.allSatisfy { $0.count == mesh.size(axis) }, "\(mesh) along \(axis)")
      }
    }
  }

  @Test(arguments: orders)
  func `a group varies along its axis alone, in ascending order, and holds the rank that asks`(_ order: [Axis]) {
    for mesh in smallMeshes(order: order) {
      for axis in Axis.allCases {
        for rank in 0..<mesh.count {
          let group = mesh.group(of: rank, along: axis)
          let own = mesh.coordinates(of: rank)
          let expected = (0..<mesh.size(axis)).map { own.merging([axis: $0]) { $1 } }
          #expect(group.map(mesh.coordinates(of:)) == expected, "\(mesh), rank \(rank) along \(axis)")
          #expect(group[mesh.coordinate(of: rank, along: axis)] == rank, "\(mesh), rank \(rank) along \(axis)")
        }
      }
    }
  }

  @Test(arguments: orders)
  func `an axis steps over all the ranks of the faster ones`(_ order: [Axis]) {
    for mesh in smallMeshes(order: order) {
      for (index, axis) in order.enumerated() where mesh.size(axis) > 1 {
        let stride = order[(index + 1)...].reduce(1) { $0 * mesh.size($1) }
        #expect(mesh.rank(at: [axis: 1]) == stride, "\(mesh) along \(axis)")
      }
    }
  }

  @Test func `tensor is fastest and pipeline slowest unless an order says otherwise`() {
    let mesh = Mesh([.tensor: 2, .data: 3, .pipeline: 2])
    #expect(mesh.group(of: 0, along: .tensor) == [0, 1])
    #expect(mesh.group(of: 0, along: .data) == [0, 2, 4])
    #expect(mesh.group(of: 0, along: .pipeline) == [0, 6])
    #expect(Mesh.defaultOrder == [.pipeline, .data, .expert, .context, .tensor])
  }

  @Test func `a rank is described by the axes that are cut`() {
    let mesh = Mesh([.tensor: 2, .data: 2, .pipeline: 2])
    let names = (0..<mesh.count).map(mesh.describe)
    #expect(
      names == [
        "rank 0 [pp0 dp0 tp0]", "rank 1 [pp0 dp0 tp1]", "rank 2 [pp0 dp1 tp0]", "rank 3 [pp0 dp1 tp1]",
        "rank 4 [pp1 dp0 tp0]", "rank 5 [pp1 dp0 tp1]", "rank 6 [pp1 dp1 tp0]", "rank 7 [pp1 dp1 tp1]",
      ])
    #expect(Mesh([.data: 2]).describe(1) == "rank 1 [dp1]")
    #expect(Mesh().describe(0) == "rank 0")
  }

  @Test func `a mesh prints its axes from the slowest to the fastest`() {
    #expect(Mesh([.data: 4, .tensor: 2]).description == "pp 1 × dp 4 × ep 1 × cp 1 × tp 2")
    #expect(
      Mesh([.data: 4], order: [.tensor, .context, .expert, .data, .pipeline]).description
        == "tp 1 × cp 1 × ep 1 × dp 4 × pp 1")
  }

  @Test func `a mesh without axes is one rank`() {
    #expect(Mesh().count == 1)
    #expect(Mesh().group(of: 0, along: .data) == [0])
  }

  @Test func `a rank outside the world and an axis without ranks are our own bugs`() async {
    await #expect(processExitsWith: .failure) { _ = Mesh([.data: 2]).coordinates(of: 2) }
    await #expect(processExitsWith: .failure) { _ = Mesh([.data: 0]) }
    await #expect(processExitsWith: .failure) { _ = Mesh([:], order: [.data, .tensor]) }
  }
}

/// The default, its reverse, and two that mix.
private let orders: [[Axis]] = [
  Mesh.defaultOrder, Mesh.defaultOrder.reversed(), [.data, .tensor, .pipeline, .context, .expert],
  [.context, .pipeline, .tensor, .expert, .data],
]

/// Every mesh with 1, 2 or 3 ranks on each of the five axes.
private func smallMeshes(order: [Axis]) -> [Mesh] {
  var all: [[Axis: Int]] = [[:]]
  for axis in Axis.allCases {
    all = all.flatMap { sizes in (1...3).map { sizes.merging([axis: $0]) { $1 } } }
  }
  return all.map { Mesh($0, order: order) }
}
