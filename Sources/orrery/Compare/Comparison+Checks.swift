import Configuration

extension Comparison {
  private static let mostLayouts = 1000

  /// - Errors: settings that are none, or are given twice, by whatever means: a row would name a value that is not used.
  static func check(
    _ variations: [Variation], _ file: String, _ overrides: [String], _ options: SimulationOptions
  ) throws {
    let typed = TypedKeys(overrides).names
    for (place, variation) in variations.enumerated() {
      guard let name = variation.name else { throw try unknown(variation, file, overrides) }
      if typed.contains(name) || variations[..<place].contains(where: { $0.name == name }) {
        throw refusal(variation, "is given twice; keep one of them")
      }
      if let option = options.option(for: name) {
        throw refusal(variation, "\(option) says it for every row; keep one of them")
      }
      if let value = variation.twice { throw refusal(variation, "has \(value) twice; keep one of them") }
    }
    try checkCount(variations.map(\.values.count))
  }

  /// A key that is none is refused by whoever knows all keys, with the one that was meant.
  private static func unknown(_ variation: Variation, _ file: String, _ overrides: [String]) throws -> any Error {
    _ = try RunConfiguration.load(file: file, overrides: overrides + ["\(variation.key)=\(variation.values[0])"])
    return refusal(variation, "is no known key")
  }

  private static func checkCount(_ counts: [Int]) throws {
    guard counts.reduce(1.0, { $0 * Double($1) }) > Double(mostLayouts) else { return }
    let product = counts.map(String.init).joined(separator: " × ")
    throw Failure(
      code: .usage, text: "--vary: \(product) layouts are more than \(mostLayouts); vary fewer values"
    ).error
  }

  private static func refusal(_ variation: Variation, _ reason: String) -> Failure.Wrapped {
    Failure(code: .usage, text: "--vary \(variation.key): \(reason)").error
  }
}

extension Comparison {
  /// Settings that keep the number of GPUs where the other axes vary: data-parallel ranks are what is left, unless they were chosen.
  ///
  /// - Parameter rows: the varied settings of each. Where the run alone is incomplete, the first that completes it counts.
  /// - Errors: the run's, if it is wrong in every row.
  static func keptRanks(
    _ file: String, _ overrides: [String], _ rows: [[String]], _ variations: [Variation], _ options: SimulationOptions
  ) throws -> [String] {
    let chosen = TypedKeys(overrides).names.union(variations.compactMap(\.name))
    func kept(_ varied: [String]) throws -> [String] {
      try keptRanks(try RunConfiguration.load(file: file, overrides: overrides + varied), chosen, options)
    }
    do { return try kept([]) } catch {
      for varied in rows { if let kept = try? kept(varied) { return kept } }
      throw error
    }
  }

  private static func keptRanks(
    _ run: RunConfiguration, _ chosen: Set<String>, _ options: SimulationOptions
  ) throws -> [String] {
    guard !chosen.contains("parallelism.dp") else { return [] }
    // What --gpus says, options say to every row.
    let gpus = "simulation.gpus"
    guard options.gpus == nil, !chosen.contains(gpus) else { return ["parallelism.dp=-1"] }
    return ["parallelism.dp=-1", "\(gpus)=\(try SimulatedCluster(run, options).ranks)"]
  }
}
