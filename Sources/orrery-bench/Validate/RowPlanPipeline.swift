import Measurements
import PipelineSchedules
import Training

/// The pipeline schedule of a row, and how its layers are cut.
struct RowPipeline {
  let plan: PipelinePlan?

  /// - Errors: `Refusal` for a schedule that is not made here, or sizes that it is not defined for.
  init(_ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes) throws(RowPlan.Refusal) {
    guard sizes.pipeline > 1 else {
      plan = nil
      return
    }
    let order = try Self.order(row, sizes)
    do {
      let schedule = try PipelineSchedule.make(
        order.name, ranks: sizes.pipeline, microBatches: sizes.accumulation, chunks: order.chunks,
        groupSize: order.name.takesGroupSize ? flags.groupSize : nil)
      plan = PipelinePlan(schedule, layers: try Self.cut(row, sizes, stages: schedule.stageCount))
    } catch let refusal as RowPlan.Refusal { throw refusal } catch {
      throw row.refusal("no \(order.name.rawValue) schedule fits: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    (error as? ScheduleError).map { "\($0.key): \($0.reason)" } ?? "\(error)"
  }

  private static func order(_ row: MeasuredConfiguration, _ sizes: RowSizes) throws(RowPlan.Refusal)
    -> (name: ScheduleName, chunks: Int)
  {
    let chunks = row.hasOneLayerPerChunk ? (sizes.layers + 2) / sizes.pipeline : row.chunks ?? 1
    guard let stated = scheduleName(row) else {
      return chunks > 1 ? (.interleaved, chunks) : (.oneForwardOneBackward, 1)
    }
    switch stated {
    case "1F1B": return (.oneForwardOneBackward, 1)
    // Memory as 1F1B's is what the one-p schedule is searched under; H1 is the hand-made one of that class.
    case "ZB-1p", "ZB-H1": return (.zeroBubbleH1, 1)
    case "ZB-V": return (.zeroBubbleV, 2)
    case "1F1B-I": return (.interleaved, row.chunks ?? (sizes.layers + 2) / sizes.pipeline)
    default: throw row.refusal("schedule \(stated) is not made here")
    }
  }

  private static func scheduleName(_ row: MeasuredConfiguration) -> String? {
    guard let start = row.notes.firstRange(of: "schedule=") else { return nil }
    return String(row.notes[start.upperBound...].prefix { $0 != ";" && $0 != " " })
  }

  /// Nil for parts as equal as can be.
  private static func cut(_ row: MeasuredConfiguration, _ sizes: RowSizes, stages: Int) throws(RowPlan.Refusal)
    -> [Int]?
  {
    guard row.notes.contains("first and last stage have one fewer layer") else { return nil }
    let (each, rest) = (sizes.layers + 2).quotientAndRemainder(dividingBy: stages)
    guard rest == 0, each > 0 else {
      throw row.refusal("layers do not cut into equal stages with one fewer at both ends")
    }
    return (0..<stages).map { $0 == 0 || $0 == stages - 1 ? each - 1 : each }
  }
}
