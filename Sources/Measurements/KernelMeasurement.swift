import Cluster
package import GPUModel

/// One measured kernel: a row of a table with the columns of docs/gpu-model.md.
package struct KernelMeasurement: Sendable {
  package var id, group, gpuName, operation, detail, type, framework: String
  package var kernel: Kernel
  package var launch: LaunchContext
  package var power: PowerState
  package var seconds: Double

  /// A row that no kernel describes.
  package struct Refusal: Error, Sendable, CustomStringConvertible {
    package var id, gpuName, operation, reason: String
    package var description: String { "\(id): \(reason)" }
  }

  package static let columns = ["gpu", "op", "dtype", "latency_us"]

  package init(_ row: CSVTable.Row) throws(Refusal) {
    id = row.name
    (group, gpuName, operation, detail) = (row["group"], row["gpu"], row["op"], row["op_detail"])
    (type, framework) = (row["dtype"], row["framework"])
    power = PowerState(timing: row["timing"], notes: row["notes"])
    do {
      seconds = try row.time("latency_us", unit: 1e-6)
      kernel = try Kernel(row)
      launch = try LaunchContext(row["launch_overhead"])
    } catch { throw Refusal(id: id, gpuName: gpuName, operation: operation, reason: error.description) }
  }
}

extension LaunchContext {
  /// From the words of a `launch_overhead` cell; a row that says nothing was measured in a loop of launches.
  fileprivate init(_ text: String) throws(MeasurementError) {
    let words = text.lowercased()
    if words.contains("profiler") {
      self = .kernelAlone
    } else if words.contains("graph") {
      self = .graph
    } else if words.contains("python") {
      self = .synchronized
    } else if words.hasPrefix("included") {
      self = .eager
    } else if words.isEmpty || words.hasPrefix("amorti") {
      self = .stream
    } else {
      throw MeasurementError(
        "launch_overhead '\(text)' is unknown; known: 'no (CUDA graph)', 'no (kernel time from profiler)', 'amortised', "
          + "'included', 'included (python)'")
    }
  }
}

extension PowerState {
  /// From the words of a row's `timing` and `notes`.
  init(timing: String, notes: String) {
    if notes.lowercased().contains("dummy") {
      self = .quiet
    } else {
      self = timing.lowercased().contains("sustained") ? .sustained : .burst
    }
  }
}
