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
  /// Kernels, collectives, messages, records and waits that were simulated.
  package let events: Int

  init(_ states: [TrackState], _ timeline: Timeline?) {
    tracks = states.map(\.track)
    self.timeline = timeline
    events = states.reduce(0) { $0 + $1.eventCount }
    let ends = states.map { state in state.clocks.time.indices.max { state.clocks.time[$0] < state.clocks.time[$1] }! }
    let times = zip(states, ends).map { $0.clocks.time[$1] }
    lastTrack = times.indices.max { times[$0] < times[$1] } ?? 0
    makespan = SimDuration(picoseconds: times[lastTrack])
    criticalPath = states[lastTrack].clocks.path[ends[lastTrack]]
    breakdowns = zip(states, ends).map { [makespan] in StepBreakdown($0, lastStream: $1, makespan) }
  }
}

extension SimulatedStep {
  /// The least that the step can take if an activity takes no time: the rest of the longest chain, and every rank's other kernels, are
  /// still there.
  package func bound(without activity: Activity) -> SimDuration {
    let kernels = breakdowns.map { $0.compute - ($0.busy[activity] ?? .zero) }.max() ?? .zero
    return max(makespan - criticalPath[activity], kernels)
  }
}

extension StepBreakdown {
  /// - Parameter lastStream: the one of the rank's streams that is done last.
  fileprivate init(_ state: TrackState, lastStream: Int, _ makespan: SimDuration) {
    let end = state.clocks.time[lastStream]
    var totals = state.totals
    // Whatever the rank still does beside its compute stream is waited for; then, for other ranks.
    totals.wait(end - state.clocks.time[0], for: UInt8(lastStream))
    (busy, communication) = (totals.busy.byActivity, totals.communication.byActivity)
    exposed = totals.exposed.byActivity
    beside = SimDuration(picoseconds: totals.beside)
    warmUp = SimDuration(picoseconds: totals.warmUp)
    let rest = makespan.picoseconds - end
    drain = SimDuration(picoseconds: totals.drain + (state.isPipelined ? rest : 0))
    dependencyWait = SimDuration(picoseconds: totals.dependency)
    transferWait = SimDuration(picoseconds: totals.transfer)
    peers = SimDuration(picoseconds: totals.peers + (state.isPipelined ? 0 : rest))
    launching = SimDuration(picoseconds: totals.launching)
    offload = SimDuration(picoseconds: totals.offload)
    self.makespan = makespan
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
