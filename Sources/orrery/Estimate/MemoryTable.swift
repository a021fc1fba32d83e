import Planning
import Quantities

/// What the ranks hold when they hold the most, line by line, against a GPU's memory; and what they offload, against their host's.
struct MemoryTable {
  private let estimate: ClusterEstimate
  private let shown: [Int]

  init(_ estimate: ClusterEstimate) {
    (self.estimate, shown) = (estimate, ShownRanks(estimate).memory)
  }

  var lines: [String] {
    let titles = ["memory at the peak"] + shown.map { estimate.memory[$0].memory.label }
    let capacity = estimate.verdict.capacity
    let totals = [
      ["all"] + shown.map { "\(estimate.memory[$0].total)" },
      ["of \(capacity)"] + shown.map { percent(Double(estimate.memory[$0].total.value) / Double(capacity.value)) },
    ]
    return TextTable([titles] + names.map(row) + totals + offloaded).lines + host
  }

  /// What the shown ranks keep in their hosts' memory; no row where none does.
  private var offloaded: [[String]] {
    let bytes = shown.map { estimate.memory[$0].memory.offloaded?.bytes }
    guard bytes.contains(where: { $0 != nil }) else { return [] }
    return [["in the host's memory"] + bytes.map { $0.map { "\($0)" } ?? "" }]
  }

  /// The node whose ranks keep the most there, against what it has.
  private var host: [String] {
    guard let host = estimate.verdict.host else { return [] }
    let share = percent(Double(host.used.value) / Double(host.capacity.value))
    let ranks = host.ranks == 1 ? "1 rank" : "\(host.ranks) ranks"
    return ["host memory: \(host.used) of \(host.capacity) on node \(host.node), \(ranks): \(share)"]
  }

  /// Lines of any shown rank, in the order of the first that has them.
  private var names: [String] {
    var names: [String] = []
    for place in shown {
      var after = 0
      for line in estimate.memory[place].lines {
        if let known = names.firstIndex(of: line.title) {
          after = known + 1
        } else {
          names.insert(line.title, at: after)
          after += 1
        }
      }
    }
    return names
  }

  private func row(_ name: String) -> [String] {
    [name]
      + shown.map { place in
        estimate.memory[place].lines.first { $0.title == name }.map { "\($0.bytes)" } ?? ""
      }
  }

  /// Whether it fits; else the simulated out-of-memory, and the ways out.
  var verdict: [String] {
    guard !estimate.verdict.fits else { return ["\(estimate.verdict)"] }
    return estimate.verdict.shortages.flatMap(lines)
  }

  private func lines(_ shortage: MemoryVerdict.Shortage) -> [String] {
    let advice = shortage.advice.map { advice in
      "  \(advice.action): saves \(advice.isAtMost ? "up to " : "")\(advice.saves)"
        + (advice.suffices ? ", which is enough" : "")
    }
    return wrapped("\(shortage)") + (advice.isEmpty ? [] : ["what would help:"] + advice)
  }
}

extension MemoryEstimate.Line {
  fileprivate var title: String { isPart ? "  of which \(name)" : name }
}
