import Mesh
import Training

/// Laws about what ranks hold, each its own part.
extension Laws {
  /// What a rank updates, and every loss, have the same bits in both runs.
  package static func sameShards(_ a: RankReport, _ b: RankReport) -> String? {
    for (step, (own, other)) in zip(a.losses, b.losses).enumerated() where own.bitPattern != other.bitPattern {
      return "step \(step): loss \(own) is not \(other)"
    }
    return sameUpdated(a, b)
  }

  private static func sameUpdated(_ a: RankReport, _ b: RankReport) -> String? {
    guard a.updated.keys == b.updated.keys, !a.updated.isEmpty else { return "other units" }
    let differing = a.updated.keys.sorted().first { bits(a.updated[$0]!) != bits(b.updated[$0]!) }
    return differing.map { "unit \($0) differs" }
  }

  private static func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }

  /// Ranks that hold the same parameters end with the same bits.
  package static func replicasAgree(_ reports: [RankReport], in layout: TinyLayout) -> String? {
    let mesh = layout.mesh
    for rank in reports.indices {
      let first = mesh.group(of: rank, in: layout.zero.stage == 0 ? .data : .replicate)[0]
      if let violation = sameShards(reports[rank], reports[first]) { return "ranks \(first) and \(rank): \(violation)" }
    }
    return nil
  }

  /// The two copies of a tied table, on the first and on the last stage, have the same bits.
  package static func copiesAgree(_ reports: [RankReport], in layout: TinyLayout) -> String? {
    let mesh = layout.mesh
    for rank in reports.indices where mesh.coordinate(of: rank, along: .pipeline) == 0 {
      let held = mesh.group(of: rank, in: .pipeline).map { reports[$0].updated }
      let copyUnit = held.flatMap(\.keys).max()!
      guard let table = held[0][0], let copy = held.lazy.compactMap({ $0[copyUnit] }).first else { return "no table" }
      if table.count != copy.count { return "rank \(rank): a table of another size, or none" }
      if bits(table) != bits(copy) { return "rank \(rank): the copies of the table differ" }
    }
    return nil
  }
}
