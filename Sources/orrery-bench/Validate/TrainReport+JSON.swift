import Measurements

extension TrainReport {
  /// Errors are shares of the measurement; keys in snake case.
  func json() throws -> String { try jsonText(Record(self)) }

  private struct Record: Encodable {
    var file: String
    var rows, modelled: Int
    var all: StepErrors?
    /// Absent where nothing was fitted to any row's source.
    var halves: [StepErrors]?
    var groups: [StepErrors]
    var refused: [RefusalGroup]

    init(_ report: TrainReport) {
      (file, rows, modelled) = (report.file, report.rows, report.judgements.count)
      (all, groups) = (report.all, report.groups)
      halves = report.halves.isEmpty ? nil : report.halves
      refused = RefusalGroup.grouping(report.refusals)
    }
  }
}
