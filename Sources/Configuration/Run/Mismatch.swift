internal import PipelineSchedules

/// Two settings that do not fit each other: found while a file is read, or when the world is known.
struct Mismatch: Error, Hashable, Sendable {
  /// Keys that could be changed; the first that was given is named.
  var keys: [String]
  var value: String?
  var reason: String
  var hint: String

  init(_ keys: String..., value: String? = nil, because reason: String, hint: String) {
    (self.keys, self.value, self.reason, self.hint) = (keys, value, reason, hint)
  }

  /// As an error of a run whose file is closed.
  var error: ConfigurationError {
    ConfigurationError(.world, key: keys[0], value: value, reason: reason, hint: hint)
  }
}

extension Mismatch {
  /// A schedule that is not made of these numbers.
  init(_ error: ScheduleError) {
    let reason = "does not fit pipeline.schedule \(error.schedule): \(error.reason)"
    switch error.key {
    case "ranks": self.init(Keys.pipelineParallel.name, value: error.value, because: reason, hint: error.hint)
    case "chunks": self.init(Keys.chunks.name, value: error.value, because: reason, hint: error.hint)
    case "group size": self.init(Keys.groupSize.name, value: error.value, because: reason, hint: error.hint)
    case "micro-batches":
      self.init(
        Keys.accumulation.name, Keys.globalBatch.name, Keys.microBatch.name, value: error.value,
        because: "makes \(error.value) micro-batches of a step, which \(reason)", hint: error.hint)
    default:
      self.init(Keys.pipelineSchedule.name, value: error.schedule, because: error.reason, hint: error.hint)
    }
  }
}

extension Reader {
  mutating func complain(_ mismatch: Mismatch) {
    let key = mismatch.keys.first(where: isGiven) ?? mismatch.keys[0]
    if let value = mismatch.value, key == mismatch.keys[0] {
      complain(of: mismatch.keys, value: value, because: mismatch.reason, hint: mismatch.hint)
    } else {
      complainAboutValue(key, because: mismatch.reason, hint: mismatch.hint)
    }
  }
}
