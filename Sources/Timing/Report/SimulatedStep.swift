package import Quantities

/// One simulated step: how long, where the time went on each track, and the chain of work and waiting that set its length.
package struct SimulatedStep: Sendable {
  package let tracks: [RankTrack]
  /// Per track.
  package let breakdowns: [StepBreakdown]
  package let makespan: SimDuration
  /// Of the longest chain of dependencies, which is as long as the step.
  package let criticalPath: PathLength
  /// The track that it ends on.
  package let lastTrack: Int
  package let timeline: Timeline?

  init(_ states: [TrackState], _ timeline: Timeline?) {
    tracks = states.map(\.track)
    self.timeline = timeline
    let ends = states.map { state in state.clock.indices.max { state.clock[$0] < state.clock[$1] }! }
    lastTrack = states.indices.max { states[$0].clock[ends[$0]] < states[$1].clock[ends[$1]] } ?? 0
    let last = states[lastTrack]
    let makespan = SimDuration(picoseconds: last.clock[ends[lastTrack]])
    (self.makespan, criticalPath) = (makespan, last.path[ends[lastTrack]])
    breakdowns = zip(states, ends).map { state, end in
      var breakdown = state.breakdown
      // Whatever the rank still does beside its compute stream is waited for; then, for other ranks.
      breakdown.exposed = state.exposed.byActivity
      let own = SimDuration(picoseconds: state.clock[end])
      let rest = own - SimDuration(picoseconds: state.clock[0])
      if rest > .zero { breakdown.exposed[.dataCommunication, default: .zero] += rest }
      breakdown.drain += makespan - own
      (breakdown.busy, breakdown.communication) = (state.busy.byActivity, state.communication.byActivity)
      breakdown.makespan = makespan
      return breakdown
    }
  }
}

extension [Int] {
  /// Picoseconds of each activity that has any.
  fileprivate var byActivity: [Activity: SimDuration] {
    var result: [Activity: SimDuration] = [:]
    for activity in Activity.allCases where self[activity.rawValue] > 0 {
      result[activity] = SimDuration(picoseconds: self[activity.rawValue])
    }
    return result
  }
}
