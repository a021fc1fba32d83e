/// One measured or published memory figure: a row of a table with the columns of memory.csv.
package struct MemoryMeasurement: Hashable, Sendable {
  /// What of a rank's memory a figure is.
  package enum Quantity: String, Hashable, Sendable, CaseIterable {
    /// Parameters, gradients and optimizer state.
    case modelStates = "model_states_per_gpu"
    /// The same of the layers alone.
    case layerStates = "params_grads_optimizer_per_gpu"
    /// What the layers of the first stage keep for their backward passes.
    case layerActivations = "activations_per_gpu (first stage)"
    /// The same as a share of what plain tensor parallelism keeps.
    case activationShare = "activation_memory_percent_of_tp_baseline"
    /// What the framework's allocator has given out after a step, and at most.
    case allocatedAfterStep = "mem_allocated_bytes_end_of_iter"
    case peakAllocated = "mem_max_allocated_bytes_rank0_or_max"
    case peakOverStages = "peak_memory_per_gpu (max over stages)"
    case peakUnspecified = "peak_memory_per_gpu (allocated vs reserved not stated)"
    /// What the framework's allocator holds, gaps included.
    case peakReserved = "peak_reserved_per_gpu (max over ranks)"

    /// Whether it depends on what is computed again.
    package var hasActivations: Bool {
      ![.modelStates, .layerStates, .allocatedAfterStep].contains(self)
    }
  }

  package enum Unit: String, Hashable, Sendable, CaseIterable {
    case bytes
    case gigabytes = "GB (1e9)"
    case gibibytes = "GiB"
    case gibibytesAsGB = "GB (2^30)"
    case mebibytes = "MiB"
    case percent = "%"
    /// A GB of whatever the framework's own log divides by.
    case printed = "GB (as printed)"
  }

  package var configuration: MeasuredConfiguration
  package var quantity: Quantity
  package var unit: Unit
  package var value: Double
  package var kind, quality: String

  package static let columns = ["group", "framework", "kind", "quantity", "value", "unit", "quality"]

  package var id: String { configuration.id }
  package var group: String { configuration.group }

  /// - Errors: a quantity or unit that is none of these, a value that is no number above zero, a cell of the configuration.
  package init(_ row: CSVTable.Row) throws(StepMeasurement.Refusal) {
    configuration = try MeasuredConfiguration(row)
    (kind, quality) = (row["kind"], row["quality"])
    guard let quantity = Quantity(rawValue: row["quantity"]) else {
      throw configuration.refusal("quantity '\(row["quantity"])' is no memory of a GPU that a program accounts for")
    }
    guard let unit = Unit(rawValue: row["unit"]) else {
      let known = Unit.allCases.map(\.rawValue).joined(separator: ", ")
      throw configuration.refusal("unit '\(row["unit"])' is none of \(known)")
    }
    guard let value = Double(row["value"]), value > 0, value.isFinite else {
      throw configuration.refusal("value '\(row["value"])' is not a number above zero")
    }
    (self.quantity, self.unit, self.value) = (quantity, unit, value)
    // In the largest unit of a log; what it is in the framework's own is then in the range too, within a tenth.
    let size = size(printedGigabyte: 1e9)
    guard (unit == .percent ? Self.shares : Self.sizes).contains(size) else {
      throw configuration.refusal("value '\(row["value"])' \(unit.rawValue) is no memory that a GPU has")
    }
  }

  /// In bytes: from one to a thousand times what the largest GPU has, so that sizes and their sums are whole numbers below 2⁶³.
  private static let sizes = 1...1e15
  private static let shares = 1e-6...1e3

  /// Whether the source states enough for an error to mean something: quality B+ or better, and what is recomputed where it matters.
  package var isSpecified: Bool {
    ["A", "A-", "B+"].contains(quality) && (configuration.recompute != nil || !quantity.hasActivations)
  }

  /// The figure in bytes, or, of percentages, as a share of one.
  ///
  /// - Parameter printedGigabyte: bytes of a GB in the framework's log.
  package func size(printedGigabyte: Double) -> Double {
    switch unit {
    case .bytes: value
    case .gigabytes: value * 1e9
    case .gibibytes, .gibibytesAsGB: value * 0x1p30
    case .mebibytes: value * 0x1p20
    case .percent: value / 100
    case .printed: value * printedGigabyte
    }
  }
}
