internal import Quantities

extension Reader {
  /// - Parameter precision: the run's, and the simulation's too where it has none of its own.
  mutating func readSimulation(
    _ parallelism: ParallelismSettings, _ precision: ScalarType
  ) -> SimulationSettings {
    let writeTime = read(Keys.checkpointWriteTime)
    let settings = SimulationSettings(
      precision: read(Keys.simulatedPrecision) ?? precision, gpus: read(Keys.simulatedGPUs),
      kernels: read(Keys.kernels), attention: read(Keys.attentionKernel),
      slowGPUs: readOnce(Keys.slowGPUs, by: \.rank), slowLinks: readOnce(Keys.slowLinks) { "\($0.part) \($0.rank)" },
      jitter: read(Keys.jitter), failures: readFailures(writeTime: writeTime), checkpointWriteTime: writeTime)
    check(settings, parallelism)
    return settings
  }

  /// A list that names no subject twice.
  private mutating func readOnce<Element: CustomStringConvertible, Subject: Hashable>(
    _ key: Key<[Element]?>, by subject: (Element) -> Subject
  ) -> [Element] {
    let list = read(key) ?? []
    var seen: Set<Subject> = []
    for element in list where !seen.insert(subject(element)).inserted {
      complain(key.name, value: "\(element)", because: "is about a rank that is in the list already", hint: "keep one")
    }
    return list
  }

  private mutating func readFailures(writeTime: Double?) -> SimulationSettings.Failures? {
    let (mean, restart) = (read(Keys.meanTimeBetweenFailures), read(Keys.restartTime))
    let (meanKey, restartKey, writeKey) = (
      Keys.meanTimeBetweenFailures.name, Keys.restartTime.name, Keys.checkpointWriteTime.name
    )
    guard isSound(meanKey, restartKey, writeKey) else { return nil }
    guard let mean else {
      if restart != nil {
        complain(restartKey, because: "has no effect without \(meanKey)", hint: "give that too, or remove it")
      }
      return nil
    }
    for (key, value) in [(restartKey, restart), (writeKey, writeTime)] where value == nil {
      complain(key, because: "is missing", hint: "\(meanKey) needs it, as in '\(key): 2 min'")
    }
    return restart.map { SimulationSettings.Failures(meanTimeBetween: mean, restartTime: $0) }
  }

  /// Ranks can be checked where the layout or the file says how many there are.
  private mutating func check(_ settings: SimulationSettings, _ parallelism: ParallelismSettings) {
    let sizes = [Keys.dataParallel.name, Keys.tensorParallel.name, Keys.pipelineParallel.name]
    guard sizes.allSatisfy({ isSound($0) }), isSound(Keys.simulatedGPUs.name),
      let world = parallelism.data.map({ $0 * parallelism.others }) ?? settings.gpus
    else { return }
    for mismatch in settings.mismatches(world: world) { complain(mismatch) }
  }
}
