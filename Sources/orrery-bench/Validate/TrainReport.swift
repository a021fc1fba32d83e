import Measurements

/// Measured steps beside the program's, source by source.
struct TrainReport {
  /// A step beside its prediction.
  struct Judgement {
    var sample: StepSample
    var prediction: TrainPrediction

    var error: Double { prediction.seconds / sample.seconds - 1 }
  }

  var file: String
  var judgements: [Judgement] = []
  var refusals: [StepMeasurement.Refusal] = []

  var rows: Int { judgements.count + refusals.count }

  /// Nil where nothing is modelled.
  var all: StepErrors? { Self.errors("all", judgements) }

  /// Of the rows that constants were fitted to, and of the others of their sources; none for a table of other sources.
  var halves: [StepErrors] {
    StepSample.Half.allCases.compactMap { half in
      Self.errors("\(half.rawValue) half", judgements.filter { $0.sample.half == half })
    }
  }

  /// By source.
  var groups: [StepErrors] {
    byGroup.compactMap { Self.errors($0.group, $0.judgements) }
  }

  var byGroup: [(group: String, judgements: [Judgement])] {
    Dictionary(grouping: judgements, by: \.sample.configuration.group).sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }

  private static func errors(_ title: String, _ judgements: [Judgement]) -> StepErrors? {
    StepErrors(title, judgements.map { ($0.sample, $0.prediction.seconds) })
  }
}
