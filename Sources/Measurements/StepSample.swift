/// One measured step on any number of GPUs: a row of a table with the columns of train_throughput.csv, as far as it is filled.
package struct StepSample: Hashable, Sendable {
  package var configuration: MeasuredConfiguration
  package var scope: StepMeasurement.Scope
  package var seconds: Double
  /// Of the source; nil where none is stated.
  package var year: Int?
  /// The canonical class of the GPU, for sources that write its name in a way of their own.
  package var gpuClass: String
  package var gpusPerNode: Int?
  /// What joins GPUs and nodes, and what travels beside kernels, in the source's words.
  package var interconnect, overlapNotes: String

  package static let columns = ["gpu", "n_gpus", "layers", "hidden", "heads", "seq_len", "dtype", "step_time_s"]

  /// - Errors: a cell that is filled with something that its column cannot hold; no time.
  package init(_ row: CSVTable.Row) throws(StepMeasurement.Refusal) {
    configuration = try MeasuredConfiguration(row)
    do {
      scope = try Self.scope(row)
      seconds = try row.time("step_time_s", unit: 1)
      year = row["year"].isEmpty ? nil : try row.count("year", most: 9999)
      gpusPerNode = row["gpus_per_node"].isEmpty ? nil : try row.count("gpus_per_node", most: 10_000)
    } catch { throw configuration.refusal(error.description) }
    (gpuClass, interconnect, overlapNotes) = (row["gpu_class"], row["interconnect"], row["overlap_notes"])
  }

  private static func scope(_ row: CSVTable.Row) throws(MeasurementError) -> StepMeasurement.Scope {
    let text = row["scope"]
    guard let scope = text.isEmpty ? .step : StepMeasurement.Scope(rawValue: text) else {
      let known = StepMeasurement.Scope.allCases.map(\.rawValue).joined(separator: ", ")
      throw MeasurementError("scope '\(text)' is not modelled; known: \(known)")
    }
    return scope
  }

  /// One half of all rows, the same wherever they stand: constants are fitted to it, and the other half tells what they are worth.
  package var isFitted: Bool { (stableHash(configuration.id) >> 40) & 1 == 0 }

  /// Rows that differ in their layout and batch alone: predictions should order them as measurements do.
  package var sweep: Sweep {
    Sweep(
      group: configuration.group, gpu: configuration.gpuName, gpus: configuration.gpus ?? 1, model: configuration.model,
      sequence: configuration.sequence ?? 0)
  }

  package struct Sweep: Hashable, Sendable {
    package var group, gpu: String
    package var gpus: Int
    package var model: String
    package var sequence: Int
  }
}
