/// Which of the numbers below a count belong together; a set is known by its least member.
struct DisjointSets {
  private var parent: [Int]

  init(_ count: Int) { parent = Array(0..<count) }

  mutating func least(of member: Int) -> Int {
    var root = member
    while parent[root] != root {
      parent[root] = parent[parent[root]]
      root = parent[root]
    }
    return root
  }

  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (least(of: first), least(of: second))
    parent[max(a, b)] = min(a, b)
  }

  /// Each member's set, numbered by least members, and those.
  mutating func numbered() -> (classes: [Int], leasts: [Int]) {
    var (classes, leasts) = ([Int](), [Int]())
    classes.reserveCapacity(parent.count)
    for member in parent.indices {
      let root = least(of: member)
      if root == member {
        leasts.append(member)
        classes.append(leasts.count - 1)
      } else {
        classes.append(classes[root])
      }
    }
    return (classes, leasts)
  }
}
