import Quantities

/// The configuration columns that train_throughput.csv and memory.csv share, as far as a row fills them: nothing is derived here.
package struct MeasuredConfiguration: Hashable, Sendable {
  package var id, group, framework, gpuName, model, notes: String
  /// `fp16`, `bf16`, `fp32`, `fp8`: the first type that the cell names.
  package var type: String
  package var isMixtureOfExperts: Bool
  /// In billions.
  package var parameters: Double?
  package var layers, hidden, intermediate, heads, keyValueHeads, vocabulary, sequence: Int?
  package var globalBatch, microBatch: Int?
  package var gpus, tensor, pipeline, chunks, data, context, expert: Int?
  /// Whether virtual stages are as small as can be: a layer each.
  package var hasOneLayerPerChunk: Bool
  package var zeroStage: Int?
  package var isSequenceParallel: Bool
  package var recompute: StepMeasurement.Recompute?

  /// - Errors: a cell that is filled with something that its column cannot hold.
  package init(_ row: CSVTable.Row) throws(StepMeasurement.Refusal) {
    do { try self.init(reading: row) } catch {
      throw StepMeasurement.Refusal(id: row.name, group: row["group"], reason: error.description)
    }
  }

  private init(reading row: CSVTable.Row) throws(MeasurementError) {
    (id, group, framework, gpuName) = (row.name, row["group"], row["framework"], row["gpu"])
    (model, notes) = (row["model"], row["notes"])
    type = String(row["dtype"].lowercased().prefix { $0.isLetter || $0.isNumber })
    isMixtureOfExperts = row["family"] == "moe" || notes.hasPrefix("experts ")
    parameters = try Self.number(row, "params_b")
    (layers, hidden) = (try Self.size(row, "layers"), try Self.size(row, "hidden"))
    intermediate = try Self.size(row, "ffn_hidden")
    (heads, keyValueHeads) = (try Self.size(row, "heads"), try Self.size(row, "kv_heads"))
    (vocabulary, sequence) = (try Self.size(row, "vocab"), try Self.size(row, "seq_len"))
    (globalBatch, microBatch) = (try Self.size(row, "global_batch"), try Self.size(row, "micro_batch"))
    (gpus, tensor, pipeline) = (try Self.ranks(row, "n_gpus"), try Self.ranks(row, "tp"), try Self.ranks(row, "pp"))
    hasOneLayerPerChunk = row["vpp"].hasPrefix("max")
    chunks = hasOneLayerPerChunk ? nil : try Self.size(row, "vpp")
    (data, context, expert) = (try Self.ranks(row, "dp"), try Self.ranks(row, "cp"), try Self.ranks(row, "ep"))
    zeroStage = try Self.stage(row)
    isSequenceParallel = row["sequence_parallel"] == "1"
    recompute = try Self.recompute(row)
  }

  private static func size(_ row: CSVTable.Row, _ column: String) throws(MeasurementError) -> Int? {
    row[column].isEmpty ? nil : try row.count(column, most: 1_000_000_000)
  }

  /// A mesh lists the ranks of every group: as many as there may be in a measured collective.
  private static func ranks(_ row: CSVTable.Row, _ column: String) throws(MeasurementError) -> Int? {
    row[column].isEmpty ? nil : try row.count(column, most: 1 << 20)
  }

  /// Of parameters, whose bytes are then whole numbers below 2⁶³.
  private static let mostBillions = 1e6

  private static func number(_ row: CSVTable.Row, _ column: String) throws(MeasurementError) -> Double? {
    let text = row[column]
    if text.isEmpty { return nil }
    guard let value = Double(text), value > 0, value.isFinite else {
      throw MeasurementError("\(column) '\(text)' is not a number above zero")
    }
    guard value <= mostBillions else {
      throw MeasurementError("\(column) '\(text)' is above \(grouped(Int(mostBillions)))")
    }
    return value
  }

  private static func stage(_ row: CSVTable.Row) throws(MeasurementError) -> Int? {
    let text = row["zero_stage"]
    if text.isEmpty { return nil }
    guard let stage = Int(text), (0...3).contains(stage) else {
      throw MeasurementError("zero_stage '\(text)' is none of 0, 1, 2, 3")
    }
    return stage
  }

  private static func recompute(_ row: CSVTable.Row) throws(MeasurementError) -> StepMeasurement.Recompute? {
    let text = row["recompute"]
    if text.isEmpty { return nil }
    guard let word = StepMeasurement.Recompute(rawValue: text.lowercased()) else {
      throw MeasurementError("recompute '\(text)' is not modelled; known: none, selective, full")
    }
    return word
  }
}

extension MeasuredConfiguration {
  package func refusal(_ reason: String) -> StepMeasurement.Refusal {
    StepMeasurement.Refusal(id: id, group: group, reason: reason)
  }
}
