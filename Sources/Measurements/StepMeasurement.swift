/// One measured training configuration: a row of a table with the columns of train_throughput.csv.
package struct StepMeasurement: Hashable, Sendable {
  /// What of a step was timed.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    case step = "full_step"
    case forward = "fwd"
    case forwardBackward = "fwd+bwd"
  }

  /// What is computed again in the backward pass.
  package enum Recompute: String, Hashable, Sendable, CaseIterable {
    case none, selective, full
  }

  package var id, group, gpuName, model, framework: String
  /// `fp16`, `bf16`, `fp32`: what the model computes in.
  package var type: String
  package var layers, hidden, intermediate, heads, keyValueHeads, vocabulary, sequence: Int
  package var globalBatch, microBatch: Int
  package var gpus, tensor, pipeline, chunks, data, zeroStage: Int
  package var isSequenceParallel: Bool
  /// `none` too where the source does not say.
  package var recompute: Recompute
  package var scope: Scope
  package var seconds: Double

  package static let columns = [
    "gpu", "n_gpus", "layers", "hidden", "heads", "vocab", "seq_len", "global_batch", "dtype", "step_time_s",
  ]

  /// A row that no plan describes.
  package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package var id, group, reason: String
    package var description: String { "\(id): \(reason)" }

    package init(id: String, group: String, reason: String) { (self.id, self.group, self.reason) = (id, group, reason) }
  }

  package init(_ row: CSVTable.Row) throws(Refusal) {
    do { try self.init(reading: row) } catch {
      throw Refusal(id: row.name, group: row["group"], reason: error.description)
    }
  }

  private init(reading row: CSVTable.Row) throws(MeasurementError) {
    (id, group, gpuName, model, framework) = (row.name, row["group"], row["gpu"], row["model"], row["framework"])
    scope = try row.word("scope") ?? .step
    seconds = try row.time("step_time_s", unit: 1)
    type = String(row["dtype"].lowercased().prefix { $0.isLetter || $0.isNumber })
    (layers, hidden) = (try row.size("layers"), try row.size("hidden"))
    intermediate = try row.size("ffn_hidden", default: 4 * hidden)
    heads = try row.size("heads")
    keyValueHeads = try row.size("kv_heads", default: heads)
    (vocabulary, sequence) = (try row.size("vocab"), try row.size("seq_len"))
    globalBatch = try row.size("global_batch")
    (gpus, tensor, pipeline) = (
      try row.size("n_gpus"), try row.size("tp", default: 1), try row.size("pp", default: 1)
    )
    (chunks, data) = (try row.size("vpp", default: 1), try row.size("dp", default: 1))
    microBatch = try row.size("micro_batch", default: max(1, globalBatch / data))
    guard let stage = row["zero_stage"].isEmpty ? 0 : Int(row["zero_stage"]), (0...3).contains(stage) else {
      throw MeasurementError("zero_stage '\(row["zero_stage"])' is none of 0, 1, 2, 3")
    }
    (zeroStage, isSequenceParallel) = (stage, row["sequence_parallel"] == "1")
    recompute = try row.word("recompute") ?? Recompute.none
    try refuseUnmodelled(row)
    try refuseSizes()
  }

  private func refuseUnmodelled(_ row: CSVTable.Row) throws(MeasurementError) {
    if row["family"] == "moe" { throw MeasurementError("experts are not modelled") }
    for (column, name) in [("cp", "context"), ("ep", "expert")] where !["", "1"].contains(row[column]) {
      throw MeasurementError("\(name) parallelism is not modelled")
    }
  }
}

extension CSVTable.Row {
  fileprivate func size(_ column: String, default standard: Int? = nil) throws(MeasurementError) -> Int {
    try count(column, default: standard, most: 10_000_000)
  }

  /// Nil where the cell is empty.
  fileprivate func word<Word: RawRepresentable<String> & CaseIterable>(
    _ column: String
  ) throws(MeasurementError) -> Word? {
    let text = self[column]
    if text.isEmpty { return nil }
    guard let word = Word(rawValue: text.lowercased()) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw MeasurementError("\(column) '\(text)' is not modelled; known: \(known)")
    }
    return word
  }
}
