import Planning
import Quantities
import Timing

/// Where the step's time goes: a column for each rank that is shown, one for the mean of all, and its share.
///
/// The lines below the step's total are not part of it: they hide behind kernels of the compute stream.
struct BreakdownTable {
  private let estimate: ClusterEstimate
  private let shown: [Int]

  init(_ estimate: ClusterEstimate) {
    (self.estimate, shown) = (estimate, ShownRanks(estimate).tracks)
  }

  var lines: [String] {
    let titles = ["where the time goes"] + shown.map { estimate.step.tracks[$0].label }
    return TextTable([titles + (isMixed ? ["mean of all"] : []) + ["of the step"]] + parts.map(row)).lines
  }

  /// More than one kind of rank.
  private var isMixed: Bool { estimate.step.tracks.count > 1 }

  private typealias Part = (name: String, time: (StepBreakdown) -> SimDuration)

  /// Those that any rank has.
  private var parts: [Part] { spent.filter(isThere) + [("step", { $0.makespan })] + hidden.filter(isThere) }

  private var spent: [Part] {
    let kernels: [Part] = Activity.kernels.map { kind in ("  \(kind.name)", { $0.busy[kind] ?? .zero }) }
    let exposed: [Part] = Activity.communication.map { kind in ("  \(kind.name)", { $0.exposed[kind] ?? .zero }) }
    let waits: [Part] = [
      ("pipeline bubble", { $0.bubble }), ("  warm-up", { $0.warmUp }), ("  drain", { $0.drain }),
      ("  wait for another stage", { $0.dependencyWait }), ("  wait for a message under way", { $0.transferWait }),
      ("wait for slower ranks", { $0.peers }), ("wait for the host to launch", { $0.launching }),
      ("offloaded optimizer", { $0.offload }),
    ]
    return [("compute", { $0.compute })] + kernels
      + [("communication that kernels wait for", { $0.exposedCommunication })] + exposed + waits
  }

  private var hidden: [Part] {
    Activity.communication.map { kind in ("hidden \(kind.name)", { $0.hidden(kind) }) }
      + [("kernels of other streams", { $0.beside })]
  }

  private func isThere(_ part: Part) -> Bool { estimate.step.breakdowns.contains { part.time($0) > .zero } }

  private func text(_ seconds: Double) -> String { seconds > 0 ? withTimeUnit(seconds) : "0" }

  private func row(_ part: Part) -> [String] {
    let share = estimate.share(part.time)
    let each = shown.map { text(part.time(estimate.step.breakdowns[$0]).seconds) }
    return [part.name] + each + (isMixed ? [text(share * estimate.seconds)] : []) + [percent(share)]
  }
}

extension StepBreakdown {
  /// Communication of one kind that kernels do not wait for.
  func hidden(_ kind: Activity) -> SimDuration {
    let rest = (communication[kind] ?? .zero) - (exposed[kind] ?? .zero)
    return max(.zero, rest)
  }
}
