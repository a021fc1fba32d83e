/// Direct links between the GPUs of a box without switches: how many join each pair.
package struct LinkMesh: Hashable, Sendable {
  /// `links[a][b]` = `links[b][a]`: links between GPU a and GPU b.
  package let links: [[Int]]

  package init(links: [[Int]]) { self.links = links }

  /// The hybrid cube mesh of DGX-1 with V100: six links a GPU, two quads, each GPU joined to one GPU of the other quad.
  ///
  /// - Source: `nvidia-smi topo -m` of a DGX-1V as in NVIDIA's DGX-1 With Tesla V100 System Architecture, WP-08437-002, figure 4.
  package static let cubeMesh = LinkMesh(links: [
    [0, 1, 1, 2, 2, 0, 0, 0], [1, 0, 2, 1, 0, 2, 0, 0], [1, 2, 0, 2, 0, 0, 1, 0], [2, 1, 2, 0, 0, 0, 0, 1],
    [2, 0, 0, 0, 0, 1, 1, 2], [0, 2, 0, 0, 1, 0, 2, 1], [0, 0, 1, 0, 1, 2, 0, 2], [0, 0, 0, 1, 2, 1, 2, 0],
  ])

  /// Every pair of `count` GPUs joined by as many links.
  package static func full(_ count: Int, linksPerPair: Int) -> LinkMesh {
    LinkMesh(links: (0..<count).map { a in (0..<count).map { a == $0 ? 0 : linksPerPair } })
  }

  /// Links of one GPU.
  package var linksPerGPU: Int { links.map { $0.reduce(0, +) }.max() ?? 0 }

  /// Rings over some GPUs that share no direction of a link: each carries one link's bandwidth. NCCL builds its channels on them; 0 means
  /// that some GPU is reached over PCIe only.
  ///
  /// - Source: where each two GPUs have l links, floor(l (n-1) / 2) Hamiltonian cycles: Walecki, in Alspach 2008, "The wonderful Walecki
  ///   construction", Bulletin of the ICA 52, pp. 7–20.
  package func rings(over places: [Int]) -> Int {
    guard places.count > 2 else { return places.count == 2 ? links[places[0]][places[1]] : 0 }
    let pairs = Set(places.flatMap { a in places.filter { $0 != a }.map { links[a][$0] } })
    if pairs.count == 1 { return 2 * (pairs.first! * (places.count - 1) / 2) }
    return ringOrders(over: places).count
  }

  /// The same rings, as the order in which each passes the GPUs, the first place first; two GPUs pass data back and forth on every link.
  /// Of very large meshes, as many as a bounded search finds.
  package func ringOrders(over places: [Int]) -> [[Int]] {
    guard places.count > 2 else { return places.count == 2 ? Array(repeating: places, count: rings(over: places)) : [] }
    var left = places.map { a in places.map { links[a][$0] } }
    var budget = 1_000_000
    return LinkMesh.cycles(&left, atMost: left.map { $0.reduce(0, +) }.min()! / 2, &budget)
      .flatMap { [$0, $0.prefix(1) + $0.dropFirst().reversed()] }.map { $0.map { places[$0] } }
  }

  /// The most Hamiltonian cycles that use each link once: each is a ring in either direction.
  ///
  /// - Parameter budget: steps that the search may still take.
  private static func cycles(_ left: inout [[Int]], atMost most: Int, _ budget: inout Int) -> [[Int]] {
    guard most > 0 else { return [] }
    var best: [[Int]] = []
    extend([0], &left, &budget) { cycle, left, budget in
      let found = [cycle] + cycles(&left, atMost: most - 1, &budget)
      if found.count > best.count { best = found }
      return best.count == most
    }
    return best
  }

  /// Hands each Hamiltonian cycle that begins with `path` to `visit`, its links taken away, until that returns true.
  @discardableResult
  private static func extend(
    _ path: [Int], _ left: inout [[Int]], _ budget: inout Int,
    _ visit: (_ cycle: [Int], inout [[Int]], inout Int) -> Bool
  ) -> Bool {
    budget -= 1
    let last = path.last!
    if path.count == left.count {
      guard left[last][0] > 0 else { return false }
      return taking(last, 0, &left) { visit(path, &$0, &budget) }
    }
    for next in left.indices where budget > 0 && left[last][next] > 0 && !path.contains(next) {
      if taking(last, next, &left, { extend(path + [next], &$0, &budget, visit) }) { return true }
    }
    return false
  }

  private static func taking(_ a: Int, _ b: Int, _ left: inout [[Int]], _ body: (inout [[Int]]) -> Bool) -> Bool {
    left[a][b] -= 1
    left[b][a] -= 1
    defer {
      left[a][b] += 1
      left[b][a] += 1
    }
    return body(&left)
  }
}
