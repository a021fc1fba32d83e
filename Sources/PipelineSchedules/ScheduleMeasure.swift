/// What a schedule takes when every rank goes through its list, each cell as early as what it needs is there.
package struct ScheduleMeasure: Hashable, Sendable {
  /// When a cell starts and ends.
  package struct Span: Hashable, Sendable {
    package var start, end: Double
  }

  /// Per rank and cell.
  package let spans: [[Span]]
  /// From the start of the first cell to the end of the last.
  package let makespan: Double
  /// The makespan beyond m(F + I + W), what a rank computes in all where nothing overlaps.
  package let bubble: Double
  /// Per rank: the makespan less the time that it computes.
  package let idle: [Double]
  /// Per rank: the most activations, each of one chunk and micro-batch, that live at once from their forward to the end
  /// of their backward or weight gradient.
  package let peakActivations: [Int]

  /// Of the makespan.
  package var bubbleFraction: Double { makespan > 0 ? bubble / makespan : 0 }
}

extension PipelineSchedule {
  /// The schedule carried out with these times, by an exact calculation: no clock runs.
  ///
  /// - Precondition: `violations()` is empty.
  package func measure(_ times: ScheduleTimes = ScheduleTimes()) -> ScheduleMeasure {
    let spans = spans(times)
    let makespan = spans.joined().map(\.end).max() ?? 0
    let work = cells.map { $0.joined().reduce(0) { $0 + times.time($1.kind) } * chunkShare }
    let busy = spans.map { $0.reduce(0) { $0 + $1.end - $1.start } }
    return ScheduleMeasure(
      spans: spans, makespan: makespan, bubble: makespan - (work.max() ?? 0), idle: busy.map { makespan - $0 },
      peakActivations: (0..<ranks).map(peakActivations))
  }

  /// A chunk's part of a full stage's time.
  private var chunkShare: Double { placement == .bidirectional ? 1 : 1 / Double(chunks) }

  private func spans(_ times: ScheduleTimes) -> [[ScheduleMeasure.Span]] {
    let execution = ListExecution(self)
    precondition(!execution.isStuck, "\(name): a schedule with a deadlock takes for ever")
    var spans: [[ScheduleMeasure.Span]] = Array(repeating: [], count: ranks)
    for place in execution.order {
      let cell = cells[place.rank][place.cell]
      var start = spans[place.rank].last?.end ?? 0
      for action in cell {
        for needed in execution.index.dependencies(of: action) {
          let source = execution.index.place(of: needed)!
          let hop = source.rank == place.rank ? 0 : times.hop
          start = max(start, spans[source.rank][source.cell].end + hop)
        }
      }
      spans[place.rank].append(.init(start: start, end: start + times.time(cell) * chunkShare))
    }
    return spans
  }

  private func peakActivations(of rank: Int) -> Int {
    var (live, peak) = (0, 0)
    for action in cells[rank].joined() {
      if action.kind == .forward { live += 1 }
      if action.freesActivation { live -= 1 }
      peak = max(peak, live)
    }
    return peak
  }
}
