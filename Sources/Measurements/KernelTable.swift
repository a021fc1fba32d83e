package import Cluster

/// A table of measured kernels: the rows that a model describes, and why not the others. None is dropped.
package struct KernelTable: Sendable {
  package let name: String
  package private(set) var samples: [KernelSample] = []
  package private(set) var refusals: [KernelMeasurement.Refusal] = []

  package var rows: Int { samples.count + refusals.count }

  /// - Parameter gpu: takes the place of what the rows say, if given.
  package init(_ table: CSVTable, _ catalogue: GPUCatalogue, gpu: String? = nil) {
    name = table.name
    for row in table.rows {
      do { samples.append(try KernelTable.sample(row, catalogue, gpu)) } catch { refusals.append(error) }
    }
  }

  /// - Errors: `MeasurementError` for what is no table of kernels.
  package init(
    parsing text: String, name: String, _ catalogue: GPUCatalogue, gpu: String? = nil
  ) throws(MeasurementError) {
    let columns = KernelMeasurement.columns.filter { gpu == nil || $0 != "gpu" }
    self.init(try CSVTable(parsing: text, name: name, requiring: columns), catalogue, gpu: gpu)
  }

  private static func sample(
    _ row: CSVTable.Row, _ catalogue: GPUCatalogue, _ gpu: String?
  ) throws(KernelMeasurement.Refusal) -> KernelSample {
    var measurement = try KernelMeasurement(row)
    if let gpu { measurement.gpuName = gpu }
    do { return try KernelSample(measurement, catalogue) } catch { throw measurement.refusal(error.description) }
  }
}

extension KernelMeasurement {
  func refusal(_ reason: String) -> Refusal {
    Refusal(id: id, gpuName: gpuName, operation: operation, reason: reason)
  }
}
