import Program
import Quantities
package import Timing

/// Laws that every simulated step obeys, as sentences about what breaks them.
package enum TimelineLaws {
  /// - Returns: one line for each law that is broken; none if all hold.
  package static func faults(_ tracks: [RankTrack], _ pricing: any StepPricing) throws -> [String] {
    var (recording, plain) = (
      try StepSimulation(tracks, pricing, records: true), try StepSimulation(tracks, pricing)
    )
    let (step, silent) = (try recording.run(), try plain.run())
    let graph = try DependencyGraph(tracks, pricing)
    var faults = starts(step, graph) + accounts(step) + volumes(step, graph)
    if step.makespan.picoseconds != graph.makespan { faults.append("\(step.makespan), not \(graph.makespan) ps") }
    if silent.makespan != step.makespan || silent.breakdowns != step.breakdowns {
      faults.append("a step that keeps no timeline is another")
    }
    return faults + (try otherOrder(tracks, pricing, silent))
  }

  /// Spans begin when all they wait for is over, not before and not after; on one stream none overlap.
  private static func starts(_ step: SimulatedStep, _ graph: DependencyGraph) -> [String] {
    let timeline = step.timeline!
    let seen = timeline.spans.map { span in
      let lane = timeline.lanes[Int(span.lane)]
      return DependencyGraph.Span(
        track: lane.rankClass, stream: lane.stream, name: timeline.names[Int(span.name)],
        start: span.start.sinceStart.picoseconds, duration: span.duration.picoseconds)
    }
    var (missing, faults) = (seen.counted, [String]())
    for span in graph.spans {
      if missing[span, default: 0] == 0 { faults.append("no \(span)") }
      missing[span, default: 0] -= 1
    }
    if seen.count != graph.spans.count { faults.append("\(seen.count) spans, not \(graph.spans.count)") }
    // Messages to different ranks share nothing, and stand beside the stream's own work.
    let queued = seen.filter { $0.name != "pp send" }
    for (first, second) in zip(queued, queued.dropFirst()) {
      guard (first.track, first.stream) == (second.track, second.stream) else { continue }
      if first.start + first.duration > second.start { faults.append("\(first) overlaps \(second)") }
    }
    return faults
  }

  /// Parts add up to the step on every rank, and the longest chain is as long as the step.
  private static func accounts(_ step: SimulatedStep) -> [String] {
    var faults: [String] = []
    for (track, breakdown) in zip(step.tracks, step.breakdowns) {
      if breakdown.parts != step.makespan { faults.append("\(track.label): \(breakdown.parts) of \(step.makespan)") }
      if breakdown.makespan != step.makespan { faults.append("\(track.label): makespan \(breakdown.makespan)") }
      if breakdown.hasNegative { faults.append("\(track.label): \(breakdown)") }
    }
    if step.criticalPath.total != step.makespan { faults.append("a chain of \(step.criticalPath.total)") }
    return faults
  }

  /// What ranks compute and send is what their traces hold, and no stream does more than the step has time for.
  private static func volumes(_ step: SimulatedStep, _ graph: DependencyGraph) -> [String] {
    var faults: [String] = []
    for (place, breakdown) in step.breakdowns.enumerated() {
      let work = Program.Stream.allCases.map { ($0, graph.work(of: place, on: $0)) }
      let own = work.first { $0.0 == .compute }!.1
      let beside = work.reduce(-own) { $0 + $1.1 }
      let communicated = graph.communication(of: place)
      if breakdown.compute.picoseconds != own { faults.append("\(place): computes \(breakdown.compute)") }
      if breakdown.beside.picoseconds != beside { faults.append("\(place): beside \(breakdown.beside)") }
      if breakdown.communication.values.reduce(.zero, +).picoseconds != communicated {
        faults.append("\(place): communicates \(breakdown.communication)")
      }
      for (stream, time) in work where time > step.makespan.picoseconds {
        faults.append("\(place): \(time) ps on \(stream)")
      }
    }
    return faults
  }

  /// Times do not depend on the order of the tracks, nor on anything else.
  private static func otherOrder(
    _ tracks: [RankTrack], _ pricing: any StepPricing, _ step: SimulatedStep
  ) throws -> [String] {
    var (again, reversed) = (
      try StepSimulation(tracks, pricing), try StepSimulation(tracks.reversed(), pricing)
    )
    let (second, other) = (try again.run(), try reversed.run())
    let isSame =
      second.makespan == step.makespan && second.breakdowns == step.breakdowns
      && second.criticalPath == step.criticalPath && second.lastTrack == step.lastTrack
    let isOrderly = other.makespan == step.makespan && other.breakdowns == step.breakdowns.reversed()
    return (isSame ? [] : ["another step the second time"]) + (isOrderly ? [] : ["another step in another order"])
  }
}

extension StepBreakdown {
  fileprivate var hasNegative: Bool {
    let parts = [warmUp, drain, dependencyWait, transferWait, peers, launching, offload, beside]
    return (parts + busy.values + exposed.values + communication.values).contains { $0 < .zero }
  }
}

extension Array where Element: Hashable {
  fileprivate var counted: [Element: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
