import Program

/// Numbers of processes and threads, each given once: viewers take a thread whose number is its process's for the main one.
struct TraceIDs {
  private var last = 0

  mutating func next() -> Int {
    last += 1
    return last
  }
}

/// The threads of one stream of a class, or of its pipeline actions: a second one only where events overlap in time.
struct TraceThreads {
  /// What a class's pipeline actions are shown as.
  static let actions = "micro-batches"

  let process: Int
  let name: String
  let category: String
  /// Among the threads of the process, from the top.
  let order: Int
  private(set) var rows: [Row] = []
  private var latest = Int.min

  struct Row {
    /// Everything of an event up to the digits of its start.
    let opening: [UInt8]
    fileprivate var end: Int
  }

  init(process: Int, stream: Stream) {
    (self.process, name, category) = (process, stream.rawValue, stream.rawValue)
    order = 1 + stream.order
  }

  init(actionsOf process: Int) { (self.process, name, category, order) = (process, Self.actions, "action", 0) }

  /// The row that an event fits into, picoseconds; nil if all of them are taken at its start.
  mutating func place(_ start: Int, _ duration: Int) -> Int? {
    precondition(start >= latest, "\(name): an event at \(start) ps after one at \(latest) ps")
    latest = start
    guard let row = rows.firstIndex(where: { $0.end <= start }) else { return nil }
    rows[row].end = start + duration
    return row
  }

  /// Adds a row and tells the viewer of it.
  mutating func addRow(_ ids: inout TraceIDs, _ output: inout ByteChunk) throws(ChromeTraceError) {
    let thread = ids.next()
    let start = "{\"ph\":\"X\",\"pid\":\(process),\"tid\":\(thread),\"cat\":\(jsonText(category)),\"ts\":"
    try output.appendMetadata("thread_name", process, thread: thread, "\"name\":\(jsonText(name))")
    let place = order * 1000 + rows.count
    try output.appendMetadata("thread_sort_index", process, thread: thread, "\"sort_index\":\(place)")
    rows.append(Row(opening: Array(start.utf8), end: .min))
  }
}

extension Stream {
  /// From the work that everything waits for down to the host's.
  fileprivate var order: Int {
    switch self {
    case .compute: 0
    case .tensor: 1
    case .pipeline: 2
    case .gradients: 3
    case .parameters: 4
    case .host: 5
    }
  }
}

extension ByteChunk {
  /// What a viewer should know of a process, or of one of its threads.
  mutating func appendMetadata(
    _ name: String, _ process: Int, thread: Int? = nil, _ arguments: String
  ) throws(ChromeTraceError) {
    try beginEvent(Array("{\"ph\":\"M\",\"pid\":\(process)".utf8))
    if let thread { append(",\"tid\":\(thread)") }
    append(",\"name\":\"\(name)\",\"args\":{\(arguments)}}")
  }
}
