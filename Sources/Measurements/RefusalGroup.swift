/// Refusals of one reason.
package struct RefusalGroup: Hashable, Sendable, Codable {
  package var reason: String
  package var ids: [String]

  /// Most frequent reasons first.
  package static func grouping(_ refusals: [KernelMeasurement.Refusal]) -> [RefusalGroup] {
    grouping(refusals.map { ($0.id, $0.reason) })
  }

  /// Most frequent reasons first.
  package static func grouping(_ refusals: [StepMeasurement.Refusal]) -> [RefusalGroup] {
    grouping(refusals.map { ($0.id, $0.reason) })
  }

  /// Most frequent reasons first.
  package static func grouping(_ refusals: [CollectiveMeasurement.Refusal]) -> [RefusalGroup] {
    grouping(refusals.map { ($0.id, $0.reason) })
  }

  private static func grouping(_ refusals: [(id: String, reason: String)]) -> [RefusalGroup] {
    refusals.grouped(by: \.reason).map { RefusalGroup(reason: $0, ids: $1.map(\.id)) }
      .sorted { ($1.ids.count, $0.reason) < ($0.ids.count, $1.reason) }
  }

  /// How many and why, then all of them, in lines of at most 110 columns where the ids are shorter than that.
  package var text: String {
    var lines = ["\(ids.count) × \(reason)"]
    for (index, id) in ids.enumerated() {
      let next = index + 1 < ids.count ? "\(id)," : id
      if index > 0, lines[lines.count - 1].count + 1 + next.count <= 110 {
        lines[lines.count - 1] += " \(next)"
      } else {
        lines.append("    \(next)")
      }
    }
    return lines.joined(separator: "\n")
  }
}
