import Measurements
import Planning
import Quantities

/// Memory figures of a table beside the program's, source by source.
struct MemoryReport {
  /// A figure beside its prediction.
  struct Judgement {
    var row: MemoryMeasurement
    var predicted, measured: Double
    var substitutions: [String]

    var error: Double { predicted / measured - 1 }
  }

  var file: String
  private(set) var judgements: [Judgement] = []
  private(set) var refusals: [StepMeasurement.Refusal] = []

  init(file: String) { self.file = file }

  mutating func add(_ row: MemoryMeasurement, _ prediction: MemoryPrediction) {
    let printed = FrameworkFacts.named(row.configuration.framework)?.printedGigabyte ?? 1e9
    judgements.append(
      Judgement(
        row: row, predicted: prediction.value, measured: row.size(printedGigabyte: printed),
        substitutions: prediction.substitutions))
  }

  mutating func refuse(_ refusal: StepMeasurement.Refusal) { refusals.append(refusal) }

  var rows: Int { judgements.count + refusals.count }
  var scored: [Judgement] { judgements.filter(\.row.isSpecified) }
  var forOrientation: [Judgement] { judgements.filter { !$0.row.isSpecified } }
}

extension MemoryReport {
  /// Errors of one source and one quantity, or of all of a source's.
  struct Summary {
    var title: String
    var count: Int
    /// Of the errors' sizes, as shares of the measurement.
    var median, mean, worst: Double
    /// Mean of the errors: above zero the program predicts too much.
    var bias: Double
    var worstRow: String

    /// - Parameter judgements: at least one.
    init(_ title: String, _ judgements: [Judgement]) {
      (self.title, count) = (title, judgements.count)
      let sizes = judgements.map { abs($0.error) }.sorted()
      median = (sizes[(count - 1) / 2] + sizes[count / 2]) / 2
      mean = sizes.reduce(0, +) / Double(count)
      bias = judgements.reduce(0) { $0 + $1.error } / Double(count)
      let most = judgements.max { abs($0.error) < abs($1.error) }!
      (worst, worstRow) = (abs(most.error), most.row.id)
    }
  }

  /// By source, each source's quantities under it where it has several.
  func summaries(_ judgements: [Judgement]) -> [(source: Summary, quantities: [Summary])] {
    grouped(judgements, by: \.row.group).map { group, rows in
      let quantities = grouped(rows, by: \.row.quantity.rawValue).map { Summary($0.key, $0.rows) }
      return (Summary(group, rows), quantities.count > 1 ? quantities : [])
    }
  }

  private func grouped(_ judgements: [Judgement], by key: (Judgement) -> String) -> [(key: String, rows: [Judgement])] {
    Dictionary(grouping: judgements, by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
