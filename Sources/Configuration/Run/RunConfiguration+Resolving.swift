internal import Model
internal import Training

extension RunConfiguration {
  /// The run on a world of so many ranks: `dp: -1` takes what the other axes leave.
  ///
  /// - Errors: a layout of another size, with the arithmetic; a batch that cannot be cut for it.
  package func resolved(world: Int) throws(ConfigurationErrors) -> RunConfiguration {
    let dp = parallelism.data ?? world / parallelism.others
    guard dp > 0, dp * parallelism.others == world else { throw ConfigurationErrors([worldMismatch(world)]) }
    var result = self
    result.parallelism.data = dp
    result.parallelism = result.parallelism.normalised
    result.settings[Keys.dataParallel.name] = .integer(dp)
    result.settings[Keys.shardSize.name] = Keys.shardSize.kind.write(result.parallelism.shard)
    result.settle(try result.cut(dataParallel: dp))
    return result
  }

  /// How a step is cut for so many data-parallel ranks.
  ///
  /// - Errors: everything that does not fit.
  private func cut(dataParallel dp: Int) throws(ConfigurationErrors) -> StepPlan {
    var errors = [parallelism.shardMismatch].compactMap { $0?.error }
    let batch: BatchPlan
    do { batch = try request.batch.plan(dataParallel: dp) } catch {
      throw ConfigurationErrors(errors + [batchMismatch(error, dp)])
    }
    let tokens = parallelism.tokenMismatch(microBatch: batch.microBatchSize, sequence: sequenceLength)
    errors += [tokens].compactMap { $0?.error }
    let pipeline: PipelinePlan
    do { pipeline = try request.pipeline.plan(microBatches: batch.accumulationSteps) } catch {
      throw ConfigurationErrors(errors + [error.error])
    }
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    return StepPlan(batch: batch, pipeline: pipeline)
  }

  private func batchMismatch(_ error: BatchPlanError, _ dp: Int) -> ConfigurationError {
    ConfigurationError(
      .world, key: Keys.dataParallel.name, value: "\(dp)", reason: "does not fit: \(error.equation)", hint: error.hint)
  }

  private func worldMismatch(_ world: Int) -> ConfigurationError {
    let layout = parallelism
    let others = "tp \(layout.tensor) × pp \(layout.pipeline) × cp \(layout.context) × ep \(layout.expert)"
    let ranks = RunConfiguration.ranks
    guard let dp = layout.data else {
      let below = world - world % layout.others
      let fitting = [below, below + layout.others].filter { $0 > 0 }.map(String.init).joined(separator: " or ")
      return ConfigurationError(
        .world, key: Keys.dataParallel.name, value: "-1",
        reason: "does not fit: \(others) = \(layout.others) does not divide a world of \(ranks(world))",
        hint: "start \(fitting) ranks")
    }
    let size = dp * layout.others
    let way = world.isMultiple(of: layout.others) ? ", or set parallelism.dp to \(world / layout.others) or -1" : ""
    return ConfigurationError(
      .world, key: Keys.dataParallel.name, value: "\(dp)",
      reason: "does not fit: dp \(dp) × \(others) = \(size), but the world has \(ranks(world))",
      hint: "start \(ranks(size))\(way)")
  }

  private static func ranks(_ count: Int) -> String { "\(count) \(count == 1 ? "rank" : "ranks")" }

  private mutating func settle(_ plan: StepPlan) {
    self.plan = plan
    settings[Keys.microBatch.name] = .integer(plan.batch.microBatchSize)
    settings[Keys.globalBatch.name] = .integer(plan.batch.globalBatchSize)
    settings[Keys.accumulation.name] = .integer(plan.batch.accumulationSteps)
  }

  /// The run with a tokenizer of so many tokens: `vocab_size: auto` becomes that number, a fixed size stays.
  ///
  /// - Errors: a fixed size that is smaller; sizes that make no model.
  package func withVocabulary(_ tokens: Int) throws(ConfigurationErrors) -> RunConfiguration {
    if let fixed = vocabularySize {
      guard tokens > fixed else { return self }
      throw ConfigurationErrors([
        ConfigurationError(
          .world, key: Keys.vocabulary.name, value: "\(fixed)",
          reason: "is smaller than the tokenizer's vocabulary of \(tokens) tokens",
          hint: "use \(tokens) or more, or auto")
      ])
    }
    var result = self
    (result.vocabularySize, result.shape.vocabularySize) = (tokens, tokens)
    result.settings[Keys.vocabulary.name] = .integer(tokens)
    let errors = result.shape.problems.map {
      ConfigurationError(
        .world, key: "model.\($0.key)", value: $0.value, reason: $0.reason, hint: $0.hint)
    }
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    return result
  }
}
