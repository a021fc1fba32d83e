internal import PipelineSchedules
internal import Training

/// The order of stages as it was asked for; the schedule follows when the micro-batches of a step are known.
struct PipelineRequest: Hashable, Sendable {
  enum Order: Hashable, Sendable {
    case named(ScheduleName, chunks: Int, groupSize: Int?)
    /// Read from a file, which is named in messages.
    case file(String, PipelineSchedule)
  }

  var order: Order
  var ranks: Int
  /// Layers of each stage; nil for as equal parts as possible.
  var layers: [Int]?

  var stageCount: Int {
    switch order {
    case .named(_, let chunks, _): ranks * chunks
    case .file(_, let schedule): schedule.stageCount
    }
  }

  /// Pairs of a stage and a micro-batch at the most: a schedule is a list of them.
  static let largestSchedule = 1_000_000

  /// The plan for so many micro-batches of a step.
  func plan(microBatches: Int) throws(Mismatch) -> PipelinePlan {
    switch order {
    case .named(let name, let chunks, let groupSize):
      guard stageCount <= PipelineRequest.largestSchedule / microBatches else { throw tooLong(microBatches) }
      do {
        let schedule = try PipelineSchedule.make(
          name, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
        return PipelinePlan(schedule, layers: layers)
      } catch { throw Mismatch(error) }
    case .file(let file, let schedule):
      guard schedule.microBatches == microBatches else { throw otherBatch(file, schedule, microBatches) }
      return PipelinePlan(schedule, layers: layers)
    }
  }

  private func tooLong(_ microBatches: Int) -> Mismatch {
    Mismatch(
      Keys.accumulation.name, Keys.globalBatch.name, Keys.microBatch.name, value: "\(microBatches)",
      because: "makes a schedule of \(microBatches) micro-batches on \(stageCount) stages: more than "
        + "\(PipelineRequest.largestSchedule) of both together", hint: "use larger micro-batches")
  }

  private func otherBatch(_ file: String, _ schedule: PipelineSchedule, _ microBatches: Int) -> Mismatch {
    Mismatch(
      Keys.scheduleFile.name, value: file,
      because: "has \(schedule.microBatches) micro-batches, but a step has \(microBatches)",
      hint: "set gradient_accumulation_steps to \(schedule.microBatches), or use another schedule")
  }
}
