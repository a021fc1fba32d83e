internal import Program
internal import Quantities
internal import Training

extension Reader {
  mutating func readCommunication(_ precision: PrecisionPlan) -> CommunicationSettings {
    let (allReduce, timeout) = (read(Keys.allReduce), read(Keys.timeout))
    if allReduce == .library, precision.type.size < 4, isSound(Keys.precision.name) {
      complainAboutValue(
        Keys.allReduce.name,
        because: "does not fit precision \(precision.type.rawValue): MPI has no 16-bit floating point",
        hint: "use ring, recursive, tree or auto")
    }
    return CommunicationSettings(allReduce: allReduce, timeout: timeout)
  }

  mutating func readCheckpoint() -> CheckpointSettings {
    let folder = read(Keys.checkpointFolder)
    for key in [Keys.checkpointInterval.name, Keys.keepLatest.name]
    where isGiven(key) && !isGiven(Keys.checkpointFolder.name) {
      complain(key, because: "has no effect without checkpoint.folder", hint: "give a folder, or remove it")
    }
    return CheckpointSettings(
      folder: folder, interval: read(Keys.checkpointInterval), keepLatest: read(Keys.keepLatest))
  }

  mutating func readEvaluation() -> EvaluationSettings {
    EvaluationSettings(interval: read(Keys.evaluationInterval), iterations: read(Keys.evaluationIterations))
  }

  mutating func readMetrics() -> MetricsSettings {
    MetricsSettings(logFrequency: read(Keys.logFrequency), file: read(Keys.metricsFile))
  }

  mutating func readGeneration() -> GenerationSettings {
    GenerationSettings(
      prompt: read(Keys.prompt), tokens: read(Keys.sampleTokens), temperature: read(Keys.temperature),
      topK: read(Keys.topK))
  }
}
