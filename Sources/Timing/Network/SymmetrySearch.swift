import Cluster

/// Permutations of ranks that map messages to messages of the same phase and size, and links to links of the same rate and latency,
/// one to one. Whatever such a permutation maps onto each other happens at the same time, with shared links too.
///
/// Tried are those that collectives have: exchanges of partners a power of two apart, rotations of a group, rotations within nodes, and
/// shifts from group to group. Each is checked message by message and link by link: one that fails folds nothing.
struct SymmetrySearch {
  let classes: SymmetryClasses

  init(_ plan: MessagePlan, _ groups: [CollectiveSimulation.Group], _ topology: Topology) {
    let size = groups.first?.pattern.ranks ?? 0
    guard size > 0, groups.allSatisfy({ $0.pattern.ranks == size }) else {
      classes = SymmetryClasses(alone: plan)
      return
    }
    var found = FoundSymmetries(plan)
    for family in Self.families(size, groups.count, perNode: topology.description.gpusPerNode) {
      // Multiples of a rotation that holds hold too.
      for step in family.steps where found.add(family.image(step)) && family.isCyclic { break }
    }
    classes = found.classes
  }

  private struct Family {
    var steps: [Int]
    var isCyclic: Bool
    var image: (_ step: Int) -> [Int]
  }

  private static func families(_ size: Int, _ groups: Int, perNode: Int) -> [Family] {
    let all = 0..<size * groups
    let powers = size.nonzeroBitCount == 1 ? (0..<size.trailingZeroBitCount).map { 1 << $0 } : []
    let blocks = size > perNode && size.isMultiple(of: perNode) ? divisors(of: perNode) : []
    return [
      Family(steps: powers, isCyclic: false) { step in all.map { $0 / size * size + ($0 % size ^ step) } },
      Family(steps: divisors(of: size), isCyclic: true) { step in
        all.map { $0 / size * size + ($0 % size + step) % size }
      },
      Family(steps: blocks, isCyclic: true) { step in
        all.map { $0 / perNode * perNode + ($0 % perNode + step) % perNode }
      },
      Family(steps: divisors(of: groups), isCyclic: true) { step in all.map { ($0 + step * size) % all.count } },
    ]
  }

  /// Proper ones, ascending.
  private static func divisors(of number: Int) -> [Int] { (1..<max(number, 1)).filter { number.isMultiple(of: $0) } }
}
