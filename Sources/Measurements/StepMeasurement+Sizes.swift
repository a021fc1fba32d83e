/// What keeps a step's counts below 2⁶³, and its run on shapes within memory.
extension StepMeasurement {
  /// A run on shapes still lists its token ids, and the operations of every layer of every micro-batch.
  private static let (mostTokens, mostLayerPasses) = (1e8, 1e5)

  /// Micro-batches that each rank of a step runs, one after another.
  ///
  /// - Errors: a global batch that is no whole number of micro-batches; more of them than a run on shapes can list.
  package func accumulation() throws(Refusal) -> Int {
    let (count, rest) = globalBatch.quotientAndRemainder(dividingBy: microBatch * data)
    guard rest == 0, count > 0 else {
      let ranks = data > 1 ? " on \(data) ranks" : ""
      throw refusal("global_batch \(globalBatch) is no multiple of micro_batch \(microBatch)\(ranks)")
    }
    guard Double(count) * Double(layers) <= Self.mostLayerPasses else {
      throw refusal("\(layers) layers in \(count) micro-batches: more than 100,000 passes through a layer")
    }
    return count
  }

  package func refusal(_ reason: String) -> Refusal { Refusal(id: id, group: group, reason: reason) }

  func refuseSizes() throws(MeasurementError) {
    guard Double(microBatch) * Double(sequence) <= Self.mostTokens else {
      throw MeasurementError("micro_batch \(microBatch) of seq_len \(sequence): more than 100,000,000 tokens")
    }
    try refuseWork(parameters, words: "layers · (4 · hidden + 3 · ffn_hidden) · hidden + vocab · hidden")
    let perToken = 6 * parameters + 12 * Double(layers) * Double(sequence) * Double(hidden)
    try refuseWork(
      perToken, Double(globalBatch), Double(sequence), 1 / Double(gpus), words: "the floating-point work of each GPU")
  }

  /// A little more than there are.
  private var parameters: Double {
    let (hidden, intermediate) = (Double(hidden), Double(intermediate))
    return Double(layers) * (4 * hidden + 3 * intermediate) * hidden + Double(vocabulary) * hidden
  }
}
