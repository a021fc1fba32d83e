package import Cluster
package import GPUModel

/// Predictions beside measurements: every row of a table is either judged or refused with a reason.
package struct KernelValidation: Sendable {
  package private(set) var judgements: [KernelJudgement] = []
  package private(set) var refusals: [KernelMeasurement.Refusal]

  /// - Parameter fitted: the rows that the calibration has seen; those that it names itself, if nothing else is said.
  /// - Errors: `CalibrationError` for a calibration that lacks constants.
  package init(
    _ samples: [KernelSample], refused: [KernelMeasurement.Refusal] = [], by calibration: Calibration,
    fitted: FittedRows? = nil
  ) throws(CalibrationError) {
    refusals = refused
    let seen = if let fitted { fitted } else { try FittedRows(of: calibration) }
    var judge = KernelJudge(calibration, fitted: seen)
    for sample in samples {
      switch try judge.judge(sample) {
      case .success(let judgement): judgements.append(judgement)
      case .failure(let refusal): refusals.append(refusal)
      }
    }
  }

  /// Several parts of a table as one.
  init(joining parts: [KernelValidation]) {
    judgements = parts.flatMap(\.judgements)
    refusals = parts.flatMap(\.refusals)
  }

  package var rows: Int { judgements.count + refusals.count }
}

extension KernelValidation {
  /// Judgements that belong together, and the errors of those among them that the constants have seen and have not.
  package struct Group: Sendable {
    package var title: String
    package var unseen, fitted: ErrorSummary?

    init(_ title: String, _ judgements: [KernelJudgement]) {
      self.title = title
      unseen = ErrorSummary(judgements.filter { !$0.isFitted })
      fitted = ErrorSummary(judgements.filter(\.isFitted))
    }
  }

  /// One GPU's judgements, by operation and type.
  package struct GPUGroups: Sendable {
    package var gpu: GPU
    package var groups: [Group]
    package var all: Group
  }

  /// One group to a subject, in the subjects' order; without those that have no rows.
  package var subjects: [Group] {
    KernelSubject.allCases.compactMap { subject in
      let rows = judgements.filter { subject.contains($0.sample) }
      return rows.isEmpty ? nil : Group(subject.rawValue, rows)
    }
  }

  /// GPUs by generation, each with one group to an operation and type.
  package var gpus: [GPUGroups] {
    let order = { (judgement: KernelJudgement) in
      let generation = Generation.allCases.firstIndex(of: judgement.sample.gpu.generation)!
      return (generation < 10 ? "0" : "") + "\(generation) \(judgement.sample.gpu.name)"
    }
    return judgements.grouped(by: order).map { _, rows in
      GPUGroups(gpu: rows[0].sample.gpu, groups: KernelValidation.operations(rows), all: Group("all", rows))
    }
  }

  /// Groups of all judgements by a key, keys in order.
  package func groups(by key: (KernelSample) -> String) -> [Group] {
    judgements.grouped { key($0.sample) }.map { Group($0, $1) }
  }

  private static func operations(_ rows: [KernelJudgement]) -> [Group] {
    rows.grouped { "\($0.sample.measurement.operation) \($0.sample.measurement.type)" }.map { Group($0, $1) }
  }
}
