internal import PipelineSchedules

/// A file of actions that no pipeline can follow.
struct ScheduleFileError: Error {
  var reason: String
  var hint: String?
}

/// The schedule of a CSV file, for so many ranks.
///
/// - Errors: a file that cannot be read or holds no schedule, one of another number of ranks, an order that breaks a law.
func followableSchedule(_ file: String, ranks: Int) throws(ScheduleFileError) -> PipelineSchedule {
  let schedule: PipelineSchedule
  do {
    schedule = try PipelineSchedule(csv: try readText(file, hint: "check the path"), name: file)
  } catch let error as ConfigurationError {
    throw ScheduleFileError(reason: "cannot be used: \(error.reason)", hint: error.hint)
  } catch let error as ScheduleError {
    throw ScheduleFileError(reason: "holds no schedule: \(error.key) \(error.value): \(error.reason)", hint: error.hint)
  } catch { throw ScheduleFileError(reason: "cannot be used: \(error)") }
  guard schedule.ranks == ranks else {
    throw ScheduleFileError(
      reason: "has \(schedule.ranks) rows, one for each rank, but parallelism.pp is \(ranks)",
      hint: "set parallelism.pp to \(schedule.ranks), or use another schedule")
  }
  guard schedule.placement != .bidirectional else {
    throw ScheduleFileError(
      reason: "is not supported yet: it has two copies of the parameters, and is printed and validated only",
      hint: "use dualpipev")
  }
  if let violation = schedule.violations().first {
    throw ScheduleFileError(reason: "cannot be followed: \(violation)", hint: "correct the order of actions")
  }
  return schedule
}
