internal import Cluster
internal import Quantities
internal import Training

extension RunConfiguration {
  /// Reads a run's file, the model file it names, and `key.path=value` overrides, which take precedence.
  ///
  /// - Errors: every mistake that can be known, at once.
  package static func load(
    file: String, overrides: [String] = []
  ) throws(ConfigurationErrors) -> RunConfiguration {
    let text: String
    do { text = try readText(file, hint: "configs/runs has runs to start from") } catch {
      throw ConfigurationErrors([error])
    }
    return try parse(text, file: file, overrides: overrides)
  }

  /// Reads a run's text; `file` names it in messages, and models are sought relative to its folder.
  ///
  /// - Errors: as `load`.
  package static func parse(
    _ text: String, file: String, overrides: [String] = []
  ) throws(ConfigurationErrors) -> RunConfiguration {
    var reader = Reader(try Sources(text, of: file, overrides: overrides))
    guard let configuration = reader.readRun(), reader.errors.isEmpty else {
      throw ConfigurationErrors(reader.ordered)
    }
    return configuration
  }
}

extension Reader {
  /// The whole run; nil where a mistake left a hole. Everything is read before anything is given up.
  fileprivate mutating func readRun() -> RunConfiguration? {
    let (model, vocabulary) = readModel()
    let (data, parallelism) = (readData(), readParallelism())
    let (steps, zero, recomputation) = (read(Keys.steps), readZeRO(), readRecomputation())
    check(parallelism, model, zeroStage: zero.stage)
    let (optimizer, schedule) = (readOptimizer(), readSchedule(steps: steps))
    let (batch, cut) = readBatch(dataParallel: parallelism.data)
    let (sequence, clipping) = (readSequenceLength(model), read(Keys.clipping))
    let pipeline = readPipeline(ranks: parallelism.pipeline, model)
    let plan = readStep(cut, pipeline, parallelism, sequence: sequence)
    let (seed, precision) = (read(Keys.seed), readPrecision())
    let (communication, checkpoint) = (readCommunication(precision), readCheckpoint())
    let (evaluation, metrics, generation) = (readEvaluation(), readMetrics(), readGeneration())
    let cluster = read(Keys.cluster)
    let simulation = readSimulation(parallelism, precision.type)
    guard let data, let schedule, let pipeline else { return nil }
    return RunConfiguration(
      vocabularySize: vocabulary, data: data, parallelism: parallelism, zero: zero, recomputation: recomputation,
      sequenceLength: sequence, steps: steps, seed: seed, precision: precision, optimizer: optimizer,
      schedule: schedule, gradientClipping: clipping, communication: communication, checkpoint: checkpoint,
      evaluation: evaluation, metrics: metrics, generation: generation, cluster: cluster,
      simulation: simulation, shape: model, request: StepRequest(batch: batch, pipeline: pipeline), plan: plan,
      settings: resolved)
  }
}
