/// One measured training configuration: a row of a table with the columns of train_throughput.csv.
package struct StepMeasurement: Hashable, Sendable {
  /// What of a step was timed.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    case step = "full_step"
    case forward = "fwd"
    case forwardBackward = "fwd+bwd"
  }

  package var id, group, gpuName, model, framework: String
  /// `fp16`, `bf16`, `fp32`: what the model computes in.
  package var type: String
  package var layers, hidden, intermediate, heads, keyValueHeads, vocabulary, sequence: Int
  package var globalBatch, microBatch: Int
  package var gpus, tensor, pipeline, chunks, data, zeroStage: Int
  package var isSequenceParallel: Bool
  /// `none`, `selective` or `full`; empty where the source does not say.
  package var recompute: String
  package var scope: Scope
  package var seconds: Double

  package static let columns = [
    "gpu", "n_gpus", "layers", "hidden", "heads", "vocab", "seq_len", "global_batch", "dtype", "step_time_s",
  ]

  /// A row that no plan describes.
  package struct Refusal: Error, Hashable, Sendable {
    package var id, group, reason: String
    package init(id: String, group: String, reason: String) { (self.id, self.group, self.reason) = (id, group, reason) }
  }

  package init(_ row: CSVTable.Row) throws(Refusal) {
    let id = row["id"].isEmpty ? "line \(row.line)" : row["id"]
    do { try self.init(id: id, row) } catch { throw Refusal(id: id, group: row["group"], reason: error.description) }
  }

  private init(id: String, _ row: CSVTable.Row) throws(MeasurementError) {
    (self.id, group, gpuName, model, framework) = (id, row["group"], row["gpu"], row["model"], row["framework"])
    guard let scope = Scope(rawValue: row["scope"].isEmpty ? "full_step" : row["scope"]) else {
      throw MeasurementError("scope '\(row["scope"])' is not modelled")
    }
    guard let seconds = Double(row["step_time_s"]), seconds > 0, seconds.isFinite else {
      throw MeasurementError("step_time_s '\(row["step_time_s"])' is not a time above zero")
    }
    (self.scope, self.seconds) = (scope, seconds)
    type = String(row["dtype"].lowercased().prefix { $0.isLetter || $0.isNumber })
    (layers, hidden) = (try row.whole("layers"), try row.whole("hidden"))
    intermediate = try row.whole("ffn_hidden", default: 4 * hidden)
    heads = try row.whole("heads")
    keyValueHeads = try row.whole("kv_heads", default: heads)
    (vocabulary, sequence) = (try row.whole("vocab"), try row.whole("seq_len"))
    globalBatch = try row.whole("global_batch")
    (gpus, tensor, pipeline) = (
      try row.whole("n_gpus"), try row.whole("tp", default: 1), try row.whole("pp", default: 1)
    )
    (chunks, data) = (try row.whole("vpp", default: 1), try row.whole("dp", default: 1))
    microBatch = try row.whole("micro_batch", default: max(1, globalBatch / data))
    zeroStage = Int(row["zero_stage"]) ?? 0
    isSequenceParallel = row["sequence_parallel"] == "1"
    recompute = row["recompute"]
    try refuseUnmodelled(row)
  }

  private func refuseUnmodelled(_ row: CSVTable.Row) throws(MeasurementError) {
    if row["family"] == "moe" { throw MeasurementError("experts are not modelled") }
    for (column, name) in [("cp", "context"), ("ep", "expert")] where !["", "1"].contains(row[column]) {
      throw MeasurementError("\(name) parallelism is not modelled")
    }
  }
}

extension CSVTable.Row {
  /// A whole number of at least one.
  func whole(_ column: String, default standard: Int? = nil) throws(MeasurementError) -> Int {
    let text = self[column]
    if text.isEmpty, let standard { return standard }
    guard let value = Double(text), value >= 1, value < 1e15, value == value.rounded() else {
      throw MeasurementError("\(column) '\(text)' is not a whole number of at least 1")
    }
    return Int(value)
  }
}
