/// A schedule that was asked for and cannot be, or a file that does not hold one.
package struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The schedule, or the file.
  package var schedule: String
  /// What is wrong: `ranks`, `micro-batches`, or a place in a file.
  package var key: String
  package var value: String
  package var reason: String
  /// The way out.
  package var hint: String

  package init(_ schedule: String, _ key: String, _ value: String, _ reason: String, hint: String) {
    (self.schedule, self.key, self.value, self.reason, self.hint) = (schedule, key, value, reason, hint)
  }

  package var description: String { "\(schedule): \(key) \(value): \(reason); \(hint)" }
}
