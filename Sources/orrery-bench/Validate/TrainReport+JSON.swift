import Measurements

extension TrainReport {
  /// Errors are shares of the measurement; keys in snake case.
  func json() throws -> String { try jsonText(Record(self)) }

  private struct Record: Encodable {
    var file: String
    var rows, modelled: Int
    var all: StepErrors?
    var halves, groups: [StepErrors]
    var refused: [RefusalGroup]

    init(_ report: TrainReport) {
      (file, rows, modelled) = (report.file, report.rows, report.judgements.count)
      (all, halves, groups) = (report.all, report.halves, report.groups)
      refused = RefusalGroup.grouping(report.refusals)
    }
  }
}
