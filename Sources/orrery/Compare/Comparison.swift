import Configuration
import Planning

/// All layouts that some settings' values make of one run, the best first.
struct Comparison {
  let keys: [String]
  let layouts: [ComparedLayout]

  /// - Parameter file: the run's.
  /// - Errors: a run that is wrong as it stands, settings that are none, too many layouts, or none that can be predicted. A layout that
  ///   is refused is a row.
  init(_ file: String, _ overrides: [String], _ variations: [Variation], _ options: SimulationOptions) throws {
    try Self.check(variations, file, overrides, options)
    keys = variations.map(\.key)
    let constants = try options.constants()
    let combinations = Variation.product(variations)
    let settings = combinations.map { values in zip(variations, values).map { "\($0.key)=\($1)" } }
    let kept = try Self.keptRanks(file, overrides, settings, variations, options)
    let rows = zip(combinations, settings).map { values, varied in
      ComparedLayout(values: values, outcome: Self.outcome(file, overrides + kept + varied, options, constants))
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

  /// Whether steps are of different numbers of tokens, and time of a step alone says little.
  var isPerToken: Bool { Set(layouts.compactMap { $0.figures?.tokens }).count > 1 }

  /// Machines, and choices that were made for the user, each once.
  var clusters: [String] { unique { [$0.cluster] } }
  var notes: [String] {
    let models = Set(layouts.compactMap { $0.figures?.model })
    return unique(\.notes) + (isPerToken ? ["steps differ in tokens: the least time per token comes first"] : [])
      + (models.count > 1 ? ["models differ: time says nothing of what each of them learns in it"] : [])
  }

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
