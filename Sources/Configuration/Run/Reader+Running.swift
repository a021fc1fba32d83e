extension Reader {
  mutating func readCommunication() -> CommunicationSettings {
    CommunicationSettings(
      allReduce: read(Keys.allReduce), bucketSize: read(Keys.bucketSize), timeout: read(Keys.timeout))
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
