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

  /// A half of the rows of train_throughput.csv: constants were chosen by the one, and the other tells what they are worth.
  package enum Half: String, Hashable, Sendable, CaseIterable { case fitted, other }

  /// By the row's identity alone, so that the halves never change; nil for a row of another source, to which nothing was fitted.
  package var half: Half? {
    guard Self.sources.contains(configuration.group) else { return nil }
    return (stableHash(configuration.id) >> 40) & 1 == 0 ? .fitted : .other
  }

  /// Those of train_throughput.csv when the constants of frameworks were chosen, in 2026.
  package static let sources: Set<String> = [
    "flashattn_train", "fms_fsdp", "internevo", "llmfoundry", "megatron_2020", "megatron_bridge", "megatron_ci",
    "megatron_jan2021", "megatron_sc21_t1", "mlperf_llama31_8b", "nemo_2407", "nemo_automodel", "neusight_infer1gpu",
    "neusight_train1gpu", "nvidia_dgxc", "vtrain_single", "zero_bubble",
  ]

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
