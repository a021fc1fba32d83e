import Program
import Quantities
import Timing

/// Writes timelines' events one after the other, each under numbers of processes and threads of its own.
struct TraceWriter {
  var output: ByteChunk
  private var ids = TraceIDs()
  private var classes = 0

  init(_ output: ByteChunk) { self.output = output }

  mutating func write(_ timeline: Timeline, _ clock: ChromeTrace.Clock) throws(ChromeTraceError) {
    let processes = try addProcesses(timeline, clock)
    try writeMemory(timeline, processes)
    let names = timeline.names.map { Array(",\"name\":\(jsonText($0))".utf8) }
    try writeActions(timeline, processes)
    try writeSpans(timeline, names, processes)
  }

  private mutating func addProcesses(
    _ timeline: Timeline, _ clock: ChromeTrace.Clock
  ) throws(ChromeTraceError) -> [Int] {
    var processes: [Int] = []
    for label in timeline.classes {
      let process = ids.next()
      let name = jsonText("\(clock.rawValue): \(label)")
      try output.appendMetadata("process_name", process, "\"name\":\(name)")
      try output.appendMetadata("process_sort_index", process, "\"sort_index\":\(classes)")
      processes.append(process)
      classes += 1
    }
    return processes
  }

  private mutating func writeActions(_ timeline: Timeline, _ processes: [Int]) throws(ChromeTraceError) {
    var threads = processes.map { TraceThreads(actionsOf: $0) }
    for action in timeline.actions {
      try open(&threads[Int(action.rankClass)], action.start, action.duration)
      output.append(",\"name\":\(jsonText("\(action.stage)\(timeline.names[Int(action.name)])\(action.microBatch)"))")
      appendArguments(action.stage, action.microBatch, .zero)
    }
  }

  private mutating func writeSpans(
    _ timeline: Timeline, _ names: [[UInt8]], _ processes: [Int]
  ) throws(ChromeTraceError) {
    var threads = timeline.lanes.map { TraceThreads(process: processes[$0.rankClass], stream: $0.stream) }
    for lane in threads.indices { try threads[lane].addRow(&ids, &output) }
    for span in timeline.spans {
      try open(&threads[Int(span.lane)], span.start, span.duration)
      output.append(names[Int(span.name)])
      appendArguments(span.stage, span.microBatch, span.bytes)
    }
  }

  /// An event up to its times, in a row where it overlaps with nothing.
  private mutating func open(
    _ threads: inout TraceThreads, _ start: SimInstant, _ duration: SimDuration
  ) throws(ChromeTraceError) {
    let (start, duration) = (start.sinceStart.picoseconds, duration.picoseconds)
    var place = threads.place(start, duration)
    if place == nil {
      try threads.addRow(&ids, &output)
      place = threads.place(start, duration)
    }
    try output.beginEvent(threads.rows[place!].opening)
    output.append(timestamp: start)
    output.append(",\"dur\":")
    output.append(microsecondsOf: duration)
  }

  /// What there is of the three, and the end of the event.
  private mutating func appendArguments(_ stage: Int32, _ microBatch: Int32, _ bytes: ByteCount) {
    var separator = ",\"args\":{"
    if stage >= 0 { append("\"stage\":", Int(stage), after: &separator) }
    if microBatch >= 0 { append("\"microBatch\":", Int(microBatch), after: &separator) }
    if bytes > .zero { append("\"bytes\":", bytes.value, after: &separator) }
    output.append(separator == "," ? "}}" : "}")
  }

  private mutating func append(_ key: String, _ value: Int, after separator: inout String) {
    output.append(separator)
    output.append(key)
    output.append(value)
    separator = ","
  }
}
