import Foundation
import Mesh
import Quantities

extension VerificationReport {
  /// The verdict in lines: where the run left one process's first, or how near it stayed.
  package var lines: [String] { isSound ? table + summary : failure }

  private var table: [String] {
    let rows = ComparedKind.allCases.compactMap { kind in largest[kind].map { row($0) } }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      zip(cells, widths + [0]).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
        .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
  }

  private func row(_ deviation: Deviation) -> [String] {
    let kind = deviation.tensor.kind
    guard deviation.error > 0 else { return [kind.title, "equal to the last bit", "", ""] }
    let place = "\(deviation.tensor.name), step \(deviation.step), \(mesh.describe(deviation.rank ?? 0))"
    return [kind.title, "largest error \(short(deviation.error))", "budget \(short(deviation.budget))", place]
  }

  private var summary: [String] {
    let compared = [counted(steps, "step"), counted(tensors, "tensor"), counted(values, "value")]
    let overflowed = "\(counted(overflowedSteps, "step")) overflowed and had no gradients to compare"
    return [
      "verified: \(mesh) computes what one process computes",
      compared.joined(separator: ", ") + " on \(counted(mesh.count, "rank"))",
    ] + (overflowedSteps == 0 ? [] : [overflowed])
  }

  private var failure: [String] {
    let found = first
    let worst = found[0]
    let ranks = Set(found.compactMap(\.rank)).sorted()
    return [
      "\(worst.tensor.kind.moment(step: worst.step)): \(worst.tensor.name) is not what one process computes",
      "  error  \(short(worst.error)), budget \(short(worst.budget))", "  ranks  \(describe(ranks))",
    ] + detail(worst) + ["  beside it, \(others(than: worst)) left the budget in this step"]
  }

  private func describe(_ ranks: [Int]) -> String {
    let shown = ranks.prefix(8).map(mesh.describe).joined(separator: ", ")
    let all = ranks.count == mesh.count ? "all \(ranks.count): " : "\(ranks.count) of \(mesh.count): "
    return ranks.isEmpty ? "none" : all + shown + (ranks.count > 8 ? " …" : "")
  }

  private func detail(_ deviation: Deviation) -> [String] {
    if let note = deviation.note { return ["  \(note)"] }
    guard let worst = deviation.worst else { return [] }
    let rank = deviation.rank.map { " on \(mesh.describe($0))" } ?? ""
    return ["  worst  \(worst.place): \(worst.value)\(rank), one process \(worst.reference)"]
  }

  private func others(than first: Deviation) -> String {
    let others = Set(violations.filter { !$0.concernsSame(as: first) }.map { [$0.tensor.kind.title, $0.tensor.name] })
    return others.isEmpty ? "nothing else" : counted(others.count, "other tensor")
  }

  private func short(_ error: Double) -> String { error.isFinite ? String(format: "%.1e", error) : "\(error)" }

  private func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}

extension ComparedKind {
  var title: String {
    switch self {
    case .start: "first values"
    case .forward: "forward"
    case .loss: "loss"
    case .backward: "backward"
    case .gradient: "gradients"
    case .norm: "gradient norm"
    case .parameter: "parameters"
    }
  }

  func moment(step: Int) -> String {
    switch self {
    case .start: "before step 1"
    case .forward, .loss: "step \(step), forward"
    case .backward: "step \(step), backward"
    case .gradient, .norm: "step \(step), summed gradients"
    case .parameter: "after the update of step \(step)"
    }
  }
}
