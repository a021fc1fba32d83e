internal import PipelineSchedules
internal import Quantities
internal import Yams

extension Keys {
  static let pipelineSchedule = Key<ScheduleName>(
    "pipeline.schedule",
    .schedule.refusing(
      "it has two copies of the parameters, and is printed and validated only", hint: "use dualpipev"
    ) { $0 != .dualPipe }, default: .oneForwardOneBackward,
    "In which order stages work on micro-batches; other names are understood: 1F1B, vpp, ZBV … dualpipe is printed and "
      + "validated only.",
    aliases: ["parallelism.pipeline_parallel_schedule", "parallelism.pp_engine", "pp_engine"])
  static let chunks = Key<Int?>(
    "pipeline.chunks", .optional(.count), default: nil, shown: shownChunks,
    "Stages on each rank (virtual stages).",
    aliases: ["pipeline.virtual_stages", "parallelism.virtual_stages", "num_virtual_stages_per_pipeline_rank"])
  static let groupSize = Key<Int?>(
    "pipeline.group_size", .optional(.count), default: nil, shown: "parallelism.pp",
    "Micro-batches that pass one of a rank's stages before the next one's turn.",
    aliases: ["microbatch_group_size_per_virtual_pipeline_stage"],
    of: ScheduleName.allCases.filter(\.takesGroupSize).map(\.rawValue))
  static let layersPerStage = Key<[Int]?>(
    "pipeline.layers_per_stage", .optional(.list(of: .count)), default: nil, shown: "as equal as possible",
    "Layers of each stage, from the first to the last; they add up to the model's.")
  static let scheduleFile = Key<String?>(
    "pipeline.schedule_file", .optional(.path), default: nil,
    "A CSV file with a row of actions for each rank, as in PyTorch, in place of pipeline.schedule; "
      + "relative to the current directory.",
    aliases: ["parallelism.pipeline_parallel_schedule_csv"])

  static let pipelineSection = [
    pipelineSchedule.description, chunks.description, groupSize.description, layersPerStage.description,
    scheduleFile.description,
  ]

  private static let shownChunks =
    "1; 2 for "
    + ScheduleName.allCases.filter { $0.defaultChunks == 2 && $0 != .dualPipe }.map(\.rawValue)
    .joined(separator: ", ")
}

extension Kind where Value == ScheduleName {
  /// The name of a schedule, or one of its aliases, whatever its case and hyphens.
  static let schedule = Kind(ScheduleName.allCases.map(\.rawValue).joined(separator: " | ")) {
    (node: Node) throws(Complaint) -> ScheduleName in
    let words = ScheduleName.allCases.map(\.rawValue)
    guard let text = node.text, !node.isNull else {
      throw .wrongType(node, "one of \(words.joined(separator: ", "))")
    }
    do { return try ScheduleName(parsing: text) } catch { throw .unknownWord(text, among: words) }
  } write: {
    .text($0.rawValue)
  }
}
