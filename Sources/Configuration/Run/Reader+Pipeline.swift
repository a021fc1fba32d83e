internal import Model
internal import PipelineSchedules

extension Reader {
  /// The order of stages; nil after a mistake.
  mutating func readPipeline(ranks: Int, _ model: ModelConfiguration) -> PipelineRequest? {
    let before = errors.count
    let order = isGiven(Keys.scheduleFile.name) ? readScheduleFile(ranks: ranks) : readNamedSchedule(ranks: ranks)
    let layers = read(Keys.layersPerStage)
    guard let order, isSound(Keys.pipelineParallel.name, Keys.chunks.name) else { return nil }
    let request = PipelineRequest(order: order, ranks: ranks, layers: layers)
    if isSound(Keys.layers.name, Keys.layersPerStage.name) { checkStages(request, model) }
    return errors.count == before ? request : nil
  }

  private mutating func readNamedSchedule(ranks: Int) -> PipelineRequest.Order? {
    _ = read(Keys.scheduleFile)
    let name = read(Keys.pipelineSchedule)
    let chunks = read(Keys.chunks, else: name.defaultChunks)
    let groupSize = name.takesGroupSize ? read(Keys.groupSize, else: ranks) : nil
    checkChunks(name, chunks)
    refuseUnread(
      of: [Keys.groupSize.description], because: "is not used by pipeline.schedule \(name.rawValue)",
      choice: Keys.pipelineSchedule.name)
    guard isSound(Keys.pipelineSchedule.name, Keys.groupSize.name) else { return nil }
    return .named(name, chunks: chunks, groupSize: groupSize)
  }

  /// What no number of ranks and micro-batches mends.
  private mutating func checkChunks(_ name: ScheduleName, _ chunks: Int) {
    guard !name.takesChunks, isSound(Keys.pipelineSchedule.name, Keys.chunks.name) else { return }
    do { _ = try PipelineSchedule.make(name, ranks: 1, microBatches: 2, chunks: chunks) } catch {
      complain(Mismatch(error))
    }
  }

  private mutating func readScheduleFile(ranks: Int) -> PipelineRequest.Order? {
    guard let file = read(Keys.scheduleFile) else { return readNamedSchedule(ranks: ranks) }
    for key in [Keys.pipelineSchedule.name, Keys.chunks.name, Keys.groupSize.name] where isGiven(key) {
      complain(key, because: "is not used with pipeline.schedule_file", hint: "remove one of them")
    }
    do throws(ScheduleFileError) {
      return .file(file, try followableSchedule(file, ranks: ranks))
    } catch {
      complainAboutValue(Keys.scheduleFile.name, because: error.reason, hint: error.hint)
      return nil
    }
  }

  private mutating func checkStages(_ request: PipelineRequest, _ model: ModelConfiguration) {
    let (layers, stages) = (model.architecture.layers, request.stageCount)
    if let given = request.layers {
      let sum = given.reduce(0, +)
      guard sum != layers || given.count != stages else { return }
      complainAboutValue(
        Keys.layersPerStage.name,
        because: "adds up to \(sum) layers in \(given.count) stages, but model.\(model.names.layers) is \(layers) and "
          + "the pipeline has \(stages) stages",
        hint: "give \(stages) numbers that add up to \(layers), or leave it out")
    } else if stages > layers {
      complain(tooManyStages(request, layers, model.names.layers))
    }
  }

  private func tooManyStages(_ request: PipelineRequest, _ layers: Int, _ name: String) -> Mismatch {
    let perRank = request.stageCount / request.ranks
    return Mismatch(
      Keys.pipelineParallel.name, Keys.chunks.name, Keys.scheduleFile.name, value: "\(request.ranks)",
      because: "makes \(request.stageCount) stages\(perRank > 1 ? ", \(perRank) on each rank" : ""), "
        + "but model.\(name) is \(layers)",
      hint: "use fewer stages, or a model of at least \(request.stageCount) layers")
  }
}
