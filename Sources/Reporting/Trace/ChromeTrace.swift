import Quantities
package import Timing

/// Timelines as one JSON file in the Chrome trace event format, which Perfetto and chrome://tracing open.
///
/// - Processes: one for each rank class of each timeline, named by the timeline's clock and the class; the two clocks never
///   share one. Threads: one for the class's pipeline actions and one for each stream. Where spans of a stream overlap in time,
///   the later ones go to further threads of its name: Perfetto drops events that overlap without nesting.
/// - Events: `X` for spans and actions, with stage, micro-batch and bytes where there are any; `C` for memory, one series a
///   category, in bytes, with what lies on the host as a counter of its own.
/// - Times: microseconds with as many decimals as they need, six for a picosecond; a seventh may follow
///   (`ByteChunk.append(timestamp:)` says why) and is rounded away. Perfetto shows whole nanoseconds.
/// - Source: Google, Trace Event Format, 2016.
package struct ChromeTrace: Sendable {
  /// Whose seconds a timeline counts.
  package enum Clock: String, Sendable {
    case simulated
    /// Of the computer that the run took place on, whatever it stood for.
    case real = "real on this CPU"
  }

  /// The version of what `otherData` and `args` hold.
  package static let version = 1

  let parts: [(clock: Clock, timeline: Timeline)]
  let notes: [String: String]

  /// - Parameter notes: what a reader should know of the run; kept under `otherData`.
  package init(_ parts: [(clock: Clock, timeline: Timeline)], notes: [String: String] = [:]) {
    (self.parts, self.notes) = (parts, notes)
  }

  /// Writes the file: whole, in the place of an older one, or not at all.
  ///
  /// - Errors: `ChromeTraceError` with the path and the system's reason; an older file stays as it was.
  package func write(to path: String) throws(ChromeTraceError) {
    try replaceFile(path) { file throws(ChromeTraceError) in
      var writer = TraceWriter(ByteChunk(file))
      writer.output.append(head)
      for part in parts { try writer.write(part.timeline, part.clock) }
      writer.output.append("\n]}\n")
      try writer.output.flush()
    }
  }

  /// All that comes before the events. The last line of the file closes it.
  private var head: String {
    let pairs = notes.sorted { $0.key < $1.key }.map { "\(jsonText($0.key)):\(jsonText($0.value))" }
    let clocks = parts.map { jsonText($0.clock.rawValue) }
    return """
      {"displayTimeUnit":"ns","otherData":{"schema":"orrery timeline","version":\(Self.version),\
      "clocks":[\(clocks.joined(separator: ","))],"notes":{\(pairs.joined(separator: ","))}},
      "traceEvents":[
      """
  }
}
