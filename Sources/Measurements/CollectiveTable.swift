package import Cluster
package import NetworkModel

/// A table of measured collectives: the rows that a model describes, and why not the others. None is dropped.
package struct CollectiveTable: Sendable {
  package let name: String
  package private(set) var samples: [CollectiveMeasurement] = []
  package private(set) var refusals: [CollectiveMeasurement.Refusal] = []

  package var rows: Int { samples.count + refusals.count }

  /// - Errors: `MeasurementError` for what is no table of collectives.
  package init(parsing text: String, name: String, _ catalogue: GPUCatalogue) throws(MeasurementError) {
    self.name = name
    for row in try CSVTable(parsing: text, name: name, requiring: CollectiveMeasurement.columns).rows {
      do { samples.append(try CollectiveMeasurement(row, catalogue)) } catch { refusals.append(error) }
    }
  }
}

/// One measured collective beside what is predicted for it.
package struct CollectiveJudgement: Sendable {
  package var sample: CollectiveMeasurement
  package var predicted: CollectiveTime
  /// Seconds of the bytes alone, at the data sheet's bandwidth.
  package var ideal: Double

  /// Relative errors: 0.1 is a tenth too long.
  package var error: Double { predicted.seconds / sample.seconds - 1 }
  package var idealError: Double { ideal / sample.seconds - 1 }
}

/// Judges measurements by one set of constants. An interconnect's model is made when it is first asked for.
struct CollectiveJudge {
  private let constants: NetworkConstants
  private var models: [Interconnect: CollectiveModel] = [:]

  init(_ constants: NetworkConstants) { self.constants = constants }

  mutating func judge(_ sample: CollectiveMeasurement) throws(NetworkError) -> CollectiveJudgement {
    let model = try model(sample.interconnect)
    return CollectiveJudgement(
      sample: sample, predicted: try model.time(of: sample.request, algorithm: sample.algorithm),
      ideal: model.ideal(sample.request))
  }

  private mutating func model(_ interconnect: Interconnect) throws(NetworkError) -> CollectiveModel {
    if let known = models[interconnect] { return known }
    let model = try CollectiveModel(interconnect, constants)
    models[interconnect] = model
    return model
  }
}
