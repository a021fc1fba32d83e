import Foundation

/// A metrics file.
struct Metrics {
  /// A step's loss and gradient norm, with every bit that the file has.
  struct Step: Hashable {
    var step: Int
    var loss, gradientNorm: Double
  }

  let events: [[String: Any]]

  init(_ text: String) throws {
    events = try text.split(separator: "\n").map { line in
      guard let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw JobError("not a metrics line: \(line)")
      }
      return event
    }
  }

  func events(_ name: String) -> [[String: Any]] { events.filter { $0["event"] as? String == name } }

  var steps: [Step] {
    events("step").map { event in
      Step(
        step: event["step"] as? Int ?? -1, loss: number(event["loss"]), gradientNorm: number(event["grad_norm"]))
    }
  }

  var losses: [Double] { steps.map(\.loss) }

  var validationLosses: [Double] { events("evaluation").map { number($0["validation_loss"]) } }

  var notes: [String] { events("note").compactMap { $0["text"] as? String } }

  /// An integer of the last line that has such an event.
  func integer(_ key: String, of event: String) -> Int? { events(event).last?[key] as? Int }
}

private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }

extension [Metrics.Step] {
  /// The largest relative difference of two runs' losses; infinite where they have other steps.
  func distance(to other: [Metrics.Step]) -> Double {
    guard map(\.step) == other.map(\.step) else { return .infinity }
    return zip(self, other).map { abs($0.loss - $1.loss) / abs($1.loss) }.max() ?? .infinity
  }
}
