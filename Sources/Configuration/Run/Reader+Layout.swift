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
    ParallelismSettings(
      data: read(Keys.dataParallel), tensor: read(Keys.tensorParallel), pipeline: read(Keys.pipelineParallel),
      context: read(Keys.contextParallel), expert: read(Keys.expertParallel), order: read(Keys.order))
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
}
