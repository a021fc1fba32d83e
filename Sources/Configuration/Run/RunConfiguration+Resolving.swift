internal import Model
internal import Training

extension RunConfiguration {
  /// The run on a world of so many ranks: `dp: -1` takes what the other axes leave.
  ///
  /// - Errors: a layout of another size, with the arithmetic; a batch that cannot be cut for it.
  package func resolved(world: Int) throws(ConfigurationErrors) -> RunConfiguration {
    let dp = parallelism.data ?? world / parallelism.others
    guard dp > 0, dp * parallelism.others == world else { throw ConfigurationErrors([worldMismatch(dp, world)]) }
    var result = self
    result.parallelism.data = dp
    result.settings[Keys.dataParallel.name] = .integer(dp)
    do { result.settle(try request.plan(dataParallel: dp)) } catch {
      throw ConfigurationErrors([
        ConfigurationError(
          .world, key: Keys.dataParallel.name, value: "\(dp)", reason: "does not fit: \(error.equation)",
          hint: error.hint)
      ])
    }
    return result
  }

  private func worldMismatch(_ dp: Int, _ world: Int) -> ConfigurationError {
    let layout = parallelism
    let product =
      "dp \(dp) × tp \(layout.tensor) × pp \(layout.pipeline) × cp \(layout.context) × ep \(layout.expert)"
    let size = dp * layout.others
    return ConfigurationError(
      .world, key: Keys.dataParallel.name, value: "\(dp)",
      reason: "does not fit: \(product) = \(size), but the world has \(world) \(world == 1 ? "rank" : "ranks")",
      hint: "start \(size) \(size == 1 ? "rank" : "ranks"), or set parallelism.dp to \(world / layout.others) or -1")
  }

  private mutating func settle(_ plan: BatchPlan) {
    self.plan = plan
    settings[Keys.microBatch.name] = .integer(plan.microBatchSize)
    settings[Keys.globalBatch.name] = .integer(plan.globalBatchSize)
    settings[Keys.accumulation.name] = .integer(plan.accumulationSteps)
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
    (result.vocabularySize, result.architecture.vocabularySize) = (tokens, tokens)
    result.settings[Keys.vocabulary.name] = .integer(tokens)
    let errors = result.architecture.problems.map {
      ConfigurationError(
        .world, key: "model.\($0.key.rawValue)", value: $0.value, reason: $0.reason, hint: $0.hint)
    }
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    return result
  }
}
