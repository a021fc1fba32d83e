import Cluster
import Measurements

extension KernelReport {
  /// Errors are shares of the measurement; keys in snake case.
  func json() throws -> String {
    try jsonText(Record(self))
  }

  private struct Record: Encodable {
    var file: String
    var rows, modelled: Int
    var subjects: [GroupRecord]
    var gpus: [GPURecord]
    var trials: [TrialRecord]
    var refused: [RefusalGroup]

    init(_ report: KernelReport) {
      file = report.file
      (rows, modelled) = (report.validation.rows, report.validation.judgements.count)
      subjects = report.validation.subjects.map(GroupRecord.init)
      gpus = report.validation.gpus.map(GPURecord.init)
      trials = report.trials.map(TrialRecord.init)
      refused = RefusalGroup.grouping(report.validation.refusals)
    }
  }

  private struct GroupRecord: Encodable {
    var title: String
    var unseen, fitted: ErrorSummary?

    init(_ group: KernelValidation.Group) {
      (title, unseen, fitted) = (group.title, group.unseen, group.fitted)
    }
  }

  private struct GPURecord: Encodable {
    var name, generation: String
    var all: GroupRecord
    var operations: [GroupRecord]

    init(_ entry: KernelValidation.GPUGroups) {
      (name, generation) = (entry.gpu.name, entry.gpu.generation.rawValue)
      all = GroupRecord(entry.all)
      operations = entry.groups.map(GroupRecord.init)
    }
  }

  private struct TrialRecord: Encodable {
    var title: String
    var subjects: [GroupRecord]
    var gpus: [GPURecord]

    init(_ trial: Trial) {
      title = trial.title
      subjects = trial.validation.subjects.map(GroupRecord.init)
      gpus = trial.validation.gpus.map(GPURecord.init)
    }
  }
}
