import Measurements

/// Sizes of a row that a run cannot do without; those of parallelism are one where nothing is stated.
struct RowSizes {
  var layers, hidden, heads, vocabulary, sequence: Int
  var microBatch, accumulation: Int
  var tensor, pipeline, data: Int

  /// A step's schedule lists every micro-batch of every stage.
  private static let mostPasses = 1_000_000

  init(_ row: MeasuredConfiguration, need: RowPlan.Need) throws(RowPlan.Refusal) {
    let onlyLayers = need == .layers
    (layers, hidden) = (try Self.stated(row, "layers", row.layers), try Self.stated(row, "hidden", row.hidden))
    (heads, sequence) = (try Self.stated(row, "heads", row.heads), try Self.stated(row, "seq_len", row.sequence))
    vocabulary = onlyLayers ? row.vocabulary ?? heads : try Self.stated(row, "vocab", row.vocabulary)
    (tensor, pipeline) = (row.tensor ?? 1, row.pipeline ?? 1)
    data = try Self.data(row, modelParallel: tensor * pipeline)
    microBatch = try Self.microBatch(row, data: data)
    if onlyLayers, row.globalBatch == nil {
      accumulation = pipeline
    } else {
      accumulation = try Self.accumulation(row, samples: microBatch * data)
    }
    guard accumulation * layers <= Self.mostPasses else {
      throw row.refusal("\(layers) layers in \(accumulation) micro-batches: more than 1,000,000 passes through a layer")
    }
    guard microBatch * sequence <= 100_000_000 else {
      throw row.refusal("micro_batch \(microBatch) of seq_len \(sequence): more than 100,000,000 tokens")
    }
  }

  private static func stated(_ row: MeasuredConfiguration, _ column: String, _ value: Int?) throws(RowPlan.Refusal)
    -> Int
  {
    guard let value else { throw row.refusal("\(column) is not stated") }
    return value
  }

  /// What the GPUs leave, whatever the table says beside it.
  private static func data(_ row: MeasuredConfiguration, modelParallel: Int) throws(RowPlan.Refusal) -> Int {
    guard let gpus = row.gpus else { return row.data ?? 1 }
    guard gpus.isMultiple(of: modelParallel) else {
      throw row.refusal("\(gpus) GPUs do not divide into groups of tp · pp = \(modelParallel)")
    }
    let data = gpus / modelParallel
    guard row.data == nil || row.data == data else {
      throw row.refusal("dp \(row.data!) is not n_gpus / (tp · pp) = \(data)")
    }
    return data
  }

  private static func microBatch(_ row: MeasuredConfiguration, data: Int) throws(RowPlan.Refusal) -> Int {
    if let stated = row.microBatch { return stated }
    guard (row.pipeline ?? 1) == 1, let global = row.globalBatch, global.isMultiple(of: data) else {
      throw row.refusal("micro_batch is not stated")
    }
    // Without stages a rank's whole share is one micro-batch where nothing else is said.
    return global / data
  }

  private static func accumulation(_ row: MeasuredConfiguration, samples: Int) throws(RowPlan.Refusal) -> Int {
    guard let global = row.globalBatch else { throw row.refusal("global_batch is not stated") }
    let (count, rest) = global.quotientAndRemainder(dividingBy: samples)
    guard rest == 0, count > 0 else {
      throw row.refusal("global_batch is no multiple of micro_batch on its data-parallel ranks")
    }
    return count
  }
}
