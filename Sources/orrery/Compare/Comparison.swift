import Configuration
import Planning

/// All layouts that some settings' values make of one run, the best first.
struct Comparison {
  let keys: [String]
  let layouts: [ComparedLayout]

  private static let mostLayouts = 1000

  /// - Parameter file: the run's.
  /// - Errors: a run that is wrong as it stands, settings that are none, too many layouts, or none that can be predicted. A layout that
  ///   is refused is a row.
  init(_ file: String, _ overrides: [String], _ variations: [Variation], _ options: SimulationOptions) throws {
    let base = try RunConfiguration.load(file: file, overrides: overrides)
    try Self.check(variations, file, overrides)
    keys = variations.map(\.key)
    let constants = try options.constants()
    let kept = try Self.keptRanks(base, overrides, variations, options)
    let rows = Variation.product(variations).map { values in
      let varied = zip(variations, values).map { "\($0.key)=\($1)" }
      return ComparedLayout(values: values, outcome: Self.outcome(file, overrides + kept + varied, options, constants))
    }
    // The sort is stable: equal rows stay in the order of their values.
    layouts = rows.sorted { $0.comesBefore($1) }
    if case .refused(let reason)? = layouts.first?.outcome {
      let count = layouts.count == 1 ? "the layout is" : "all \(layouts.count) layouts are"
      throw Failure(code: .data, text: "\(count) refused, the first: \(reason)").error
    }
  }

  /// The fastest that fits; nil where none does.
  var best: LayoutFigures? { layouts.first?.figures.flatMap { $0.fits ? $0 : nil } }

  /// Machines, and choices that were made for the user, each once.
  var clusters: [String] { unique { [$0.cluster] } }
  var notes: [String] { unique(\.notes) }

  private func unique(_ texts: (LayoutFigures) -> [String]) -> [String] {
    layouts.compactMap(\.figures).flatMap(texts).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func outcome(
    _ file: String, _ overrides: [String], _ options: SimulationOptions, _ constants: Constants
  ) -> ComparedLayout.Outcome {
    do {
      let run = try SimulatedRun(try options.load(file, overrides), options)
      return .predicted(LayoutFigures(try StepPrediction(run, constants)))
    } catch let errors as ConfigurationErrors {
      return .refused(reason(errors))
    } catch {
      return .refused(Failure(simulating: error)?.firstLine ?? "\(error)")
    }
  }

  /// The first mistake, without the place where it stands: a row has its settings beside it.
  private static func reason(_ errors: ConfigurationErrors) -> String {
    var first = errors.errors[0]
    first.place = .world
    return first.description
  }
}

extension Comparison {
  /// Settings that keep the number of GPUs where the other axes vary: data-parallel ranks are what is left, unless they were chosen.
  private static func keptRanks(
    _ base: RunConfiguration, _ overrides: [String], _ variations: [Variation], _ options: SimulationOptions
  ) throws -> [String] {
    let typed = overrides.compactMap {
      $0.split(separator: "=").first.flatMap { Schema.key(spelled: String($0))?.name }
    }
    let chosen = Set(typed + variations.compactMap(\.name))
    guard !chosen.contains("parallelism.dp") else { return [] }
    // What --gpus says, options say to every row.
    let gpus = "simulation.gpus"
    guard options.gpus == nil, !chosen.contains(gpus) else { return ["parallelism.dp=-1"] }
    return ["parallelism.dp=-1", "\(gpus)=\(try SimulatedCluster(base, options).ranks)"]
  }

  private static func check(_ variations: [Variation], _ file: String, _ overrides: [String]) throws {
    for (place, variation) in variations.enumerated() {
      guard let name = variation.name else {
        // A key that is none is refused by whoever knows all keys, with the one that was meant.
        _ = try RunConfiguration.load(file: file, overrides: overrides + ["\(variation.key)=\(variation.values[0])"])
        throw Failure(code: .usage, text: "--vary \(variation.key): is no known key").error
      }
      let isTyped = overrides.contains { text in
        text.split(separator: "=").first.flatMap { Schema.key(spelled: String($0))?.name } == name
      }
      if isTyped || variations[..<place].contains(where: { $0.name == name }) {
        throw Failure(code: .usage, text: "--vary \(variation.key): is given twice; keep one of them").error
      }
    }
    let counts = variations.map(\.values.count)
    guard counts.reduce(1.0, { $0 * Double($1) }) <= Double(mostLayouts) else {
      let product = counts.map(String.init).joined(separator: " × ")
      throw Failure(
        code: .usage, text: "--vary: \(product) layouts are more than \(mostLayouts); vary fewer values"
      ).error
    }
  }
}
