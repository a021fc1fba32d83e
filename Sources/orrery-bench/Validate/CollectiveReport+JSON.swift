import Measurements

extension CollectiveReport {
  /// Errors are shares of the measurement; keys in snake case.
  func json() throws -> String {
    try jsonText(Record(self))
  }

  private struct Record: Encodable {
    var file: String
    var rows, modelled: Int
    var result: ValidationRecord
    var crossValidated: ValidationRecord?
    var refused: [RefusalGroup]

    init(_ report: CollectiveReport) {
      (file, rows) = (report.file, report.validation.rows)
      modelled = report.validation.judgements.count
      result = ValidationRecord(report.validation)
      crossValidated = report.halves.map(ValidationRecord.init)
      refused = RefusalGroup.grouping(report.validation.refusals)
    }
  }

  private struct ValidationRecord: Encodable {
    var all: GroupRecord
    var fabrics: [GroupRecord]
    var machines: [MachineRecord]

    init(_ validation: CollectiveValidation) {
      all = GroupRecord(validation.all)
      fabrics = validation.fabrics.map(GroupRecord.init)
      machines = validation.machines.map(MachineRecord.init)
    }
  }

  private struct MachineRecord: Encodable {
    var name: String
    var all: GroupRecord
    var operations: [GroupRecord]

    init(_ machine: CollectiveValidation.Machine) {
      (name, all) = (machine.all.title, GroupRecord(machine.all))
      operations = machine.operations.map(GroupRecord.init)
    }
  }

  private struct GroupRecord: Encodable {
    var title: String
    var small, large: ErrorSummary?

    init(_ group: CollectiveValidation.Group) { (title, small, large) = (group.title, group.small, group.large) }
  }
}
