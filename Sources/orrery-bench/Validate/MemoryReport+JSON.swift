import Measurements

extension MemoryReport {
  /// Errors are shares of the measurement, sizes bytes, those of percentages shares of one; keys in snake case.
  func json() throws -> String { try jsonText(Record(self)) }

  private struct Record: Encodable {
    var file: String
    var rows: Int
    var scored, forOrientation: [RowRecord]
    var sources: [SourceRecord]
    var refused: [RefusalGroup]

    init(_ report: MemoryReport) {
      (file, rows) = (report.file, report.rows)
      (scored, forOrientation) = (report.scored.map(RowRecord.init), report.forOrientation.map(RowRecord.init))
      sources = report.summaries(report.scored).map {
        SourceRecord(all: SummaryRecord($0.source), quantities: $0.quantities.map(SummaryRecord.init))
      }
      refused = RefusalGroup.grouping(report.refusals)
    }
  }

  private struct RowRecord: Encodable {
    var id, group, quantity: String
    var predicted, measured, error: Double
    var substitutions: [String]

    init(_ judgement: Judgement) {
      (id, group) = (judgement.row.id, judgement.row.group)
      quantity = judgement.row.quantity.rawValue
      (predicted, measured, error) = (judgement.predicted, judgement.measured, judgement.error)
      substitutions = judgement.substitutions
    }
  }

  private struct SourceRecord: Encodable {
    var all: SummaryRecord
    var quantities: [SummaryRecord]
  }

  private struct SummaryRecord: Encodable {
    var title, worstRow: String
    var rows: Int
    var median, mean, worst, bias: Double

    init(_ summary: Summary) {
      (title, worstRow, rows) = (summary.title, summary.worstRow, summary.count)
      (median, mean, worst, bias) = (summary.median, summary.mean, summary.worst, summary.bias)
    }
  }
}
