import Planning
import Quantities
import Timing

/// What set the step's length, and what would shorten it.
struct CriticalPathText {
  private let estimate: ClusterEstimate

  init(_ estimate: ClusterEstimate) { self.estimate = estimate }

  /// Parts of the path, the longest first.
  var parts: [(activity: Activity, seconds: Double)] {
    let path = estimate.step.criticalPath
    return Activity.allCases.map { ($0, path[$0].seconds) }.filter { $0.seconds > 0 }
      .sorted { ($1.seconds, $0.activity.rawValue) < ($0.seconds, $1.activity.rawValue) }
  }

  var lines: [String] {
    let shown = parts.filter { $0.seconds >= 0.001 * estimate.seconds }
    let shares = shown.map { "\($0.activity.name) \(percent($0.seconds / estimate.seconds))" }
    return wrapped("critical path: " + shares.joined(separator: ", ")) + wrapped(advice)
  }

  private var advice: String {
    let others = parts.filter { !Activity.kernels.contains($0.activity) && $0.seconds > 0.005 * estimate.seconds }
    let bubble = estimate.share(\.bubble)
    let ways =
      others.prefix(3).map {
        "\(withTimeUnit(estimate.step.bound(without: $0.activity).seconds)) without \($0.activity.name)"
      }
      + (bubble > 0.005 ? ["\(withTimeUnit(estimate.seconds * (1 - bubble))) without the pipeline's bubble"] : [])
    guard !ways.isEmpty else { return "Only faster kernels, or fewer FLOPs, shorten the step." }
    return "At best the step would take \(ways.joined(separator: ", "))."
  }
}

/// Text in lines of at most 110 columns; those after the first are indented, and a number keeps its unit beside it.
func wrapped(_ text: String, indent: Int = 2) -> [String] {
  var lines: [String] = []
  var isNumber = false
  for word in text.split(separator: " ") {
    if let last = lines.last, isNumber || last.count + word.count < 110 {
      lines[lines.count - 1] = "\(last) \(word)"
    } else {
      lines.append(lines.isEmpty ? String(word) : String(repeating: " ", count: indent) + word)
    }
    isNumber = Double(word) != nil
  }
  return lines
}
