import Cluster
import Execution
import Mesh
import Planning
import Quantities
import Training

/// Bytes that are sent in a step, by axis and collective and by kind of link.
struct TrafficTable {
  private let estimate: ClusterEstimate

  init(_ estimate: ClusterEstimate) { self.estimate = estimate }

  var lines: [String] {
    guard !estimate.traffic.lines.isEmpty else { return ["nothing is sent"] }
    let titles = ["sent in a step", "calls", "to move", "sent by all", "by the busiest rank"]
    let total = ["all", "", "", "\(estimate.traffic.sent)", "\(estimate.traffic.mostSent)"]
    return TextTable([titles] + estimate.traffic.lines.map(row) + [total]).lines + [links]
  }

  private func row(_ line: StepTraffic.Line) -> [String] {
    let busiest = estimate.busiest.ledger.communication[line.route]?.sent ?? .zero
    return [
      "\(line.route.scope.rawValue) \(line.route.kind.name)", grouped(line.calls), "\(line.payload)", "\(line.sent)",
      "\(busiest)",
    ]
  }

  private var links: String {
    let links = estimate.linkLoads.map { "\($0.link.rawValue) \($0.bytes)" }
    return "over links, as the network's algorithms spread it: \(links.joined(separator: ", "))"
  }
}

extension ClusterEstimate {
  /// The rank that sends the most; the first of its like.
  var busiest: RankProgram { programs.max { $0.ledger.sentBytes < $1.ledger.sentBytes }! }

  /// The most loaded kind of link first.
  var linkLoads: [(link: Link.Kind, bytes: ByteCount)] {
    traffic.byLink.map { ($0.key, $0.value) }.filter { $0.bytes > .zero }
      .sorted { ($1.bytes, $0.link.rawValue) < ($0.bytes, $1.link.rawValue) }
  }
}
