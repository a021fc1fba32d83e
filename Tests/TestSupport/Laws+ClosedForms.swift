import Execution
import Program
import Quantities

extension Laws {
  /// All ranks together send, on every channel, what the closed forms say, and nothing on any other.
  package static func sendsByTheBook(_ reports: [RankReport], _ run: TinyRun, _ layout: TinyLayout) -> String? {
    var sent: [ClosedForms.Channel: Int] = [:]
    for report in reports {
      for (route, line) in report.ledger.communication {
        sent[ClosedForms.Channel(route.scope, route.kind), default: 0] += line.sent.value
      }
    }
    let expected = ClosedForms(run, layout).sent
    let wrong = Set(sent.keys).union(expected.keys).filter { sent[$0] ?? 0 != expected[$0] ?? 0 }
    let words = wrong.map { "\($0): \(sent[$0] ?? 0) bytes, not \(expected[$0] ?? 0)" }
    return words.isEmpty ? nil : words.sorted().joined(separator: "; ")
  }

  /// All ranks together keep, of every category that lasts, what the closed forms say; gradients at their peak.
  package static func keepsByTheBook(_ reports: [RankReport], _ run: TinyRun, _ layout: TinyLayout) -> String? {
    for (category, expected) in ClosedForms(run, layout).memory {
      let kept = reports.reduce(0) { sum, report in
        let bytes = category == .gradients ? report.ledger.peak[category] : report.resident[category]
        return sum + (bytes?.value ?? 0)
      }
      if kept != expected { return "\(category.rawValue): \(kept) bytes, not \(expected)" }
    }
    return nil
  }
}
