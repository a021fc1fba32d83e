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

  /// How many, why, and the first few.
  package var text: String {
    "\(ids.count) × \(reason) (\(ids.prefix(3).joined(separator: ", "))\(ids.count > 3 ? " …" : ""))"
  }
}
