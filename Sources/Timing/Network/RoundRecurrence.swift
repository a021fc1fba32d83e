import Quantities

/// When ranks are done where every message has its links to itself: times follow from times, without a queue.
///
///     end of a message = max(its sender's, its receiver's end of the phase before) + its duration
///     a rank's end of a phase = the latest end of its messages
///
/// Once a phase that repeats adds the same to all of its ranks, it does so for ever: ends only shift, to the picosecond.
struct RoundRecurrence {
  /// By class of ranks.
  private(set) var ends: [SimDuration]

  init(_ plan: FoldedPlan) {
    ends = Array(repeating: .zero, count: plan.classes)
    for program in plan.programs {
      for phase in program { play(plan.messages[phase.messages], repeats: phase.repeats, plan.classes) }
    }
  }

  private mutating func play(_ messages: ArraySlice<FoldedPlan.Message>, repeats: Int, _ classes: Int) {
    let steps = messages.map { (from: $0.from, to: $0.to, duration: $0.duration.picoseconds) }
    let ranks = Set(steps.flatMap { [$0.from, $0.to] }).sorted()
    var now = ends.map(\.picoseconds)
    var next = now
    for round in 1...repeats {
      for step in steps {
        let end = max(now[step.from], now[step.to]) + step.duration
        next[step.from] = max(next[step.from], end)
        next[step.to] = max(next[step.to], end)
      }
      let shift = next[ranks[0]] - now[ranks[0]]
      let isSteady = ranks.allSatisfy { next[$0] - now[$0] == shift }
      now = next
      guard isSteady else { continue }
      for rank in ranks { now[rank] += shift * (repeats - round) }
      break
    }
    ends = now.map(SimDuration.init(picoseconds:))
  }
}
