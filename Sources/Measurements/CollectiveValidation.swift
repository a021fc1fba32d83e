package import NetworkModel

/// Predictions beside measurements: every row of a table is either judged or refused with a reason.
package struct CollectiveValidation: Sendable {
  package private(set) var judgements: [CollectiveJudgement] = []
  package private(set) var refusals: [CollectiveMeasurement.Refusal]

  package init(
    _ samples: [CollectiveMeasurement], refused: [CollectiveMeasurement.Refusal] = [], by constants: NetworkConstants
  ) {
    refusals = refused
    var judge = CollectiveJudge(constants)
    for sample in samples {
      do { judgements.append(try judge.judge(sample)) } catch {
        refusals.append(sample.refusal(error.description))
      }
    }
  }

  /// Each half of the rows by constants that are fitted to the other half.
  ///
  /// - Parameter start: where both fits begin, and what they stay near: a fit's prior.
  package init(crossValidating samples: [CollectiveMeasurement], start: NetworkConstants) throws(NetworkError) {
    refusals = []
    for half in [true, false] {
      let fit = CollectiveFit(start: start, samples.filter { $0.isInFirstHalf == half })
      let part = CollectiveValidation(samples.filter { $0.isInFirstHalf != half }, by: try fit.fitted())
      judgements += part.judgements
      refusals += part.refusals
    }
  }

  package var rows: Int { judgements.count + refusals.count }
}

extension CollectiveValidation {
  /// Judgements that belong together, and their errors by size.
  package struct Group: Sendable {
    package var title: String
    package var small, large: ErrorSummary?

    init(_ title: String, _ judgements: [CollectiveJudgement]) {
      self.title = title
      small = ErrorSummary(judgements.filter { !$0.sample.isLarge })
      large = ErrorSummary(judgements.filter(\.sample.isLarge))
    }
  }

  /// One machine's judgements, and those of each of its collectives.
  package struct Machine: Sendable {
    package var all: Group
    package var operations: [Group]
  }

  package var all: Group { Group("all", judgements) }

  /// Single NVSwitch domains; InfiniBand; the others.
  package var fabrics: [Group] {
    judgements.grouped(by: \.fabric).map { Group($0, $1) }
  }

  package var machines: [Machine] {
    judgements.grouped(by: \.sample.machine).map { name, rows in
      Machine(
        all: Group(name, rows), operations: rows.grouped(by: \.sample.request.kind.rawValue).map { Group($0, $1) })
    }
  }
}

extension CollectiveJudgement {
  /// The title of the group by fabric.
  fileprivate var fabric: String {
    let interconnect = sample.interconnect
    if let network = interconnect.network { return "several nodes, \(network.family.rawValue)" }
    if interconnect.bridge != nil { return "one node, PCIe with NVLink bridges" }
    let link = interconnect.link
    return link.family.isPCIe ? "one node, PCIe" : link.mesh == nil ? "NVSwitch" : "one node, NVLink mesh"
  }
}

extension CollectiveMeasurement {
  func refusal(_ reason: String) -> Refusal {
    Refusal(id: id, gpuName: gpuName, operation: operation, reason: reason)
  }
}
