extension SimulationSettings {
  /// What does not fit a simulation of so many ranks.
  func mismatches(world: Int) -> [Mismatch] {
    let sizes: [Mismatch] = [gpus].compactMap { gpus in
      guard let gpus, gpus != world else { return nil }
      return Mismatch(
        Keys.simulatedGPUs.name, value: "\(gpus)", because: "does not fit: the run's layout has \(world) ranks",
        hint: "remove it, or set parallelism.dp to -1")
    }
    return sizes + strangers(Keys.slowGPUs, slowGPUs, \.rank, world)
      + strangers(Keys.slowLinks, slowLinks, \.rank, world)
  }

  /// Elements of a list that name a rank which is not there.
  private func strangers<Element: CustomStringConvertible>(
    _ key: Key<[Element]?>, _ list: [Element], _ rank: KeyPath<Element, Int>, _ world: Int
  ) -> [Mismatch] {
    list.filter { $0[keyPath: rank] >= world }.map {
      Mismatch(
        key.name, value: $0.description, because: "names none of the \(world) ranks",
        hint: "ranks are 0 to \(world - 1)")
    }
  }
}

extension RunConfiguration {
  /// Nothing if the simulation's settings fit a world of so many ranks; what a file alone can tell was checked when it was read.
  ///
  /// - Errors: GPUs, or ranks that are slowed, which such a world does not have.
  package func checkSimulation(world: Int) throws(ConfigurationErrors) {
    let errors = simulation.mismatches(world: world).map(\.error)
    guard errors.isEmpty else { throw ConfigurationErrors(errors) }
  }
}
