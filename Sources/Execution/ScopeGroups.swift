import Mesh

/// The groups that one rank is in, each found once: a mesh of thousands of ranks takes a while to list.
final class ScopeGroups {
  struct Group {
    var ranks: [Int]
    /// Of this rank in it.
    var position: Int
  }

  private let mesh: Mesh
  private let rank: Int
  private var known: [Scope: Group] = [:]

  init(_ mesh: Mesh, _ rank: Int) { (self.mesh, self.rank) = (mesh, rank) }

  subscript(scope: Scope) -> Group {
    if let group = known[scope] { return group }
    let ranks = mesh.group(of: rank, in: scope)
    let group = Group(ranks: ranks, position: ranks.firstIndex(of: rank)!)
    known[scope] = group
    return group
  }
}
