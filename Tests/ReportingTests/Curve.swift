import Foundation
import Reporting
import Training

/// A line of a metrics file, as a reader who knows the documented keys alone sees it.
struct ReadLine: Decodable, Hashable {
  var event: String
  var step: Int?
  var loss: Number?
  var gradientNorm: Number?
  var seconds: Double?

  enum CodingKeys: String, CodingKey {
    case event, step, loss, seconds
    case gradientNorm = "grad_norm"
  }
}

/// A number, or the text that stands for one which JSON lacks.
enum Number: Decodable, Hashable {
  case finite(UInt64)
  case other(String)

  init(_ value: Double) { self = .finite(value.bitPattern) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try? container.decode(String.self)
    self = try text.map(Number.other) ?? Number(container.decode(Double.self))
  }
}

func readLines(_ path: String) throws -> [ReadLine] {
  try contents(path).split(separator: "\n").map { try JSONDecoder().decode(ReadLine.self, from: Data($0.utf8)) }
}

/// Writes events to a metrics file, opened for them and closed again, as one start of a run does.
func write(_ events: some Sequence<RunEvent>, _ path: String) throws {
  let file = try MetricsFile(path: path, clock: steppingClock(by: 0))
  for event in events { try file.report(event) }
}
