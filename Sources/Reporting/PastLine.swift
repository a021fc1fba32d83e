import Foundation

/// A line that an earlier run left in a metrics file.
struct PastLine {
  /// Without its end.
  var text: Data
  /// Steps done when it was written.
  var step: Int
}

/// The whole lines of a metrics file; one at its end that was cut off, by a signal or a full disk, is left out.
///
/// - Errors: `MetricsError` if a line is none of ours: the file is somebody's, and must not be touched.
func pastLines(of contents: Data, in path: String) throws(MetricsError) -> [PastLine] {
  var lines = contents.split(separator: newline, omittingEmptySubsequences: false)
  // What follows the last line end: nothing, or the beginning of a line.
  let rest = lines.removeLast()
  var past: [PastLine] = []
  for (index, text) in lines.enumerated() {
    guard let step = step(of: text) else { throw MetricsError(notMetrics: path, line: index + 1) }
    past.append(PastLine(text: text, step: step))
  }
  if let step = step(of: rest) {
    past.append(PastLine(text: rest, step: step))
  } else if !couldBeOurs(rest) {
    throw MetricsError(notMetrics: path, line: lines.count + 1)
  }
  return past
}

/// Steps done at an event's line: 0 where it says none, nil if it is no event's line.
private func step(of line: Data) -> Int? {
  guard let stamp = try? JSONDecoder().decode(Stamp.self, from: line) else { return nil }
  return stamp.step ?? stamp.firstStep ?? 0
}

/// Whether a text may be the beginning of a line that was cut off: each begins with a key.
private func couldBeOurs(_ text: Data) -> Bool {
  let beginning = Data("{\"".utf8)
  let isWhole = (try? JSONSerialization.jsonObject(with: text)) != nil
  return !isWhole && text.starts(with: beginning.prefix(text.count))
}

/// What every version of the schema has.
private struct Stamp: Decodable {
  var event: String
  var step: Int?
  var firstStep: Int?

  enum CodingKeys: String, CodingKey {
    case event, step
    case firstStep = "first_step"
  }
}
