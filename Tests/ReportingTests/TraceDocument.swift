import Foundation

/// A trace as any JSON reader sees it.
struct TraceDocument: Decodable {
  var displayTimeUnit: String
  var otherData: Other
  var traceEvents: [Event]

  struct Other: Decodable {
    var schema: String
    var version: Int
    var clocks: [String]
    var notes: [String: String]
  }

  struct Event: Decodable {
    var ph, name: String
    var pid: Int
    var tid: Int?
    var cat: String?
    var ts, dur: Decimal?
    var args: [String: Argument]?
  }

  enum Argument: Decodable, Hashable {
    case number(Int)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Int.self) {
        self = .number(value)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  init(_ text: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) }
}

extension TraceDocument {
  func events(_ phase: String) -> [Event] { traceEvents.filter { $0.ph == phase } }

  /// The names of processes by their numbers, with a process's threads under `nil` and theirs.
  func label(_ metadata: String, _ process: Int, _ thread: Int? = nil) -> Argument? {
    let found = traceEvents.filter { $0.ph == "M" && $0.name == metadata && $0.pid == process && $0.tid == thread }
    return found.count == 1 ? found[0].args?.values.first : nil
  }

  /// Complete events of each thread, in the file's order.
  var threads: [Int: [Event]] { Dictionary(grouping: events("X")) { $0.tid ?? -1 } }
}

extension TraceDocument.Event {
  /// Picoseconds, to the nearest.
  var start: Int { picoseconds(ts) }
  var duration: Int { picoseconds(dur) }

  private func picoseconds(_ microseconds: Decimal?) -> Int {
    var (exact, rounded) = ((microseconds ?? -1) * 1_000_000, Decimal())
    NSDecimalRound(&rounded, &exact, 0, .plain)
    return NSDecimalNumber(decimal: rounded).intValue
  }

  /// Nanoseconds, as Perfetto reads them: a binary fraction times a thousand, cut.
  var viewedStart: Int { nanoseconds(ts) }
  var viewedEnd: Int { nanoseconds(ts) + nanoseconds(dur) }

  /// `NSDecimalNumber.doubleValue` rounds more than once.
  private func nanoseconds(_ microseconds: Decimal?) -> Int {
    Int((Double("\(microseconds ?? -1)") ?? .nan) * 1000)
  }
}
