internal import Model
internal import Training

/// The batch sizes as they were given; the third follows when the data-parallel size is known.
struct BatchRequest: Hashable, Sendable {
  var micro, global, accumulation: Int?

  init(micro: Int?, global: Int?, accumulation: Int?) {
    (self.micro, self.global, self.accumulation) = (micro, global, accumulation)
  }

  init(_ plan: BatchPlan) {
    self.init(micro: plan.microBatchSize, global: plan.globalBatchSize, accumulation: plan.accumulationSteps)
  }

  func plan(dataParallel: Int) throws(BatchPlanError) -> BatchPlan {
    try BatchPlan(
      microBatchSize: micro, globalBatchSize: global, accumulationSteps: accumulation, dataParallel: dataParallel)
  }
}

extension Reader {
  mutating func readParallelism() -> ParallelismSettings {
    let parallelism = ParallelismSettings(
      data: read(Keys.dataParallel), shard: read(Keys.shardSize), tensor: read(Keys.tensorParallel),
      pipeline: read(Keys.pipelineParallel), context: read(Keys.contextParallel), expert: read(Keys.expertParallel),
      order: read(Keys.order), sequenceParallel: read(Keys.sequenceParallel)
    ).normalised
    if parallelism.shard == nil, isSound(Keys.shardSize.name) { settle(Keys.shardSize, nil) }
    return parallelism
  }

  /// What a layout asks of the model, and of sharding.
  mutating func check(_ parallelism: ParallelismSettings, _ model: ModelConfiguration, zeroStage: Int) {
    if parallelism.sequenceParallel, parallelism.tensor == 1, isSound(Keys.tensorParallel.name) {
      complainAboutValue(
        Keys.sequenceParallel.name, because: "has no effect at parallelism.tp 1: tensor-parallel ranks share tokens",
        hint: "set parallelism.tp to 2 or more, or remove it")
    }
    if isSound(Keys.tensorParallel.name, Keys.heads.name, Keys.hidden.name, Keys.intermediate.name),
      isSound(Keys.keyValueHeads.name)
    {
      for mismatch in TensorCut(model: model, ranks: parallelism.tensor).mismatches { complain(mismatch) }
    }
    checkShards(parallelism, zeroStage)
  }

  private mutating func checkShards(_ parallelism: ParallelismSettings, _ stage: Int) {
    guard isSound(Keys.shardSize.name, Keys.dataParallel.name, Keys.zeroStage.name) else { return }
    if let mismatch = parallelism.shardMismatch { complain(mismatch) }
    if parallelism.shard != nil, stage == 0 {
      complainAboutValue(
        Keys.shardSize.name, because: "has no effect at zero_optimization.stage 0, which shares nothing",
        hint: "use stage 1, 2 or 3, or remove it")
    }
  }

  /// The batch, and its cut where the data-parallel size is known.
  mutating func readBatch(dataParallel: Int?) -> (request: BatchRequest, plan: BatchPlan?) {
    var request = BatchRequest(
      micro: read(Keys.microBatch), global: read(Keys.globalBatch), accumulation: read(Keys.accumulation))
    if request.micro == nil, request.global == nil {
      request.micro = Keys.defaultMicroBatch
      settle(Keys.microBatch, request.micro)
    }
    let sizes = [Keys.microBatch.name, Keys.globalBatch.name, Keys.accumulation.name]
    guard let dataParallel, sizes.allSatisfy({ isSound($0) }), isSound(Keys.dataParallel.name) else {
      return (request, nil)
    }
    guard let plan = readPlan(request, dataParallel) else { return (request, nil) }
    // However it was written: equal runs are equal values.
    return (BatchRequest(plan), plan)
  }

  private mutating func readPlan(_ request: BatchRequest, _ dataParallel: Int) -> BatchPlan? {
    do {
      let plan = try request.plan(dataParallel: dataParallel)
      settle(Keys.microBatch, plan.microBatchSize)
      settle(Keys.globalBatch, plan.globalBatchSize)
      settle(Keys.accumulation, plan.accumulationSteps)
      return plan
    } catch {
      let sizes = [Keys.globalBatch.name, Keys.accumulation.name, Keys.microBatch.name]
      complainAboutValue(
        sizes.first(where: isGiven) ?? Keys.dataParallel.name, because: "does not fit: \(error.equation)",
        hint: error.hint)
      return nil
    }
  }

  /// How the step is cut; nil where the data-parallel size is open, and after a mistake.
  mutating func readStep(
    _ batch: BatchPlan?, _ pipeline: PipelineRequest?, _ parallelism: ParallelismSettings, sequence: Int
  ) -> StepPlan? {
    guard let batch else { return nil }
    if isSound(Keys.sequenceLength.name, Keys.sequenceParallel.name, Keys.tensorParallel.name),
      let mismatch = parallelism.tokenMismatch(microBatch: batch.microBatchSize, sequence: sequence)
    {
      complain(mismatch)
    }
    guard let pipeline else { return nil }
    do { return StepPlan(batch: batch, pipeline: try pipeline.plan(microBatches: batch.accumulationSteps)) } catch {
      complain(error)
      return nil
    }
  }
}
