import Mesh
import Timing

/// Pipelines that differ: those that hold a slow GPU or a slow link are simulated by themselves, all others once.
struct ReplicaKinds {
  struct Kind {
    /// A data-parallel coordinate that stands for all of its kind, and how many there are.
    var data, count: Int
    /// Per pipeline rank: how many times as long kernels take.
    var slowdowns: [Double]
  }

  let kinds: [Kind]

  init(_ scenario: Scenario) {
    let mesh = scenario.mesh
    let clean = Array(repeating: 1.0, count: mesh.size(.pipeline))
    var slowdowns: [Int: [Double]] = [:]
    for slow in scenario.slowGPUs where slow.factor != 1 {
      let place = mesh.coordinates(of: slow.rank)
      // Ranks of a tensor-parallel group wait for each other in every layer.
      slowdowns[place[.data]!, default: clean][place[.pipeline]!].formMaximum(slow.factor)
    }
    for link in scenario.slowLinks where link.factor != 1 {
      let data = mesh.coordinate(of: link.rank, along: .data)
      if slowdowns[data] == nil { slowdowns[data] = clean }
    }
    let perturbed = slowdowns.keys.sorted().map { Kind(data: $0, count: 1, slowdowns: slowdowns[$0]!) }
    let rest = (0..<mesh.size(.data)).filter { slowdowns[$0] == nil }
    kinds = (rest.isEmpty ? [] : [Kind(data: rest[0], count: rest.count, slowdowns: clean)]) + perturbed
  }
}

extension Double {
  fileprivate mutating func formMaximum(_ other: Double) { self = max(self, other) }
}
