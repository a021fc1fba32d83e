internal import Model

/// What tensor-parallel ranks share of a model; the vocabulary may be cut unevenly, everything else in equal parts.
struct TensorCut {
  var model: ModelConfiguration
  var ranks: Int

  /// Sizes that the ranks do not divide.
  var mismatches: [Mismatch] {
    let uneven = sizes.filter { !$0.size.isMultiple(of: ranks) }
    guard !uneven.isEmpty else { return [] }
    let fitting = (1...largest).filter { count in sizes.allSatisfy { $0.size.isMultiple(of: count) } }
    let hint = "use \(fitting.suffix(6).map(String.init).joined(separator: " or ")), or another model"
    return uneven.map { name, size, what in
      Mismatch(
        Keys.tensorParallel.name, value: "\(ranks)", because: "does not divide model.\(name) \(size): \(what)",
        hint: hint)
    }
  }

  /// No more ranks than this divide every size.
  private var largest: Int { max(1, sizes.map(\.size).min() ?? 1) }

  private var sizes: [(name: String, size: Int, what: String)] {
    let (model, names) = (model.architecture, model.names)
    let heads = [(names.heads, model.heads, "every rank has as many heads as the others")]
    let groups = [(names.keyValueHeads, model.keyValueHeads, "every rank has as many of these heads as the others")]
    return heads + (names.keyValueHeads == names.heads ? [] : groups)
      + [(names.intermediate, model.intermediate, "every rank has as many features as the others")]
  }
}

extension ParallelismSettings {
  /// Tokens of a micro-batch that sequence parallelism does not cut into equal parts.
  func tokenMismatch(microBatch: Int, sequence: Int) -> Mismatch? {
    let tokens = microBatch * sequence
    guard sequenceParallel, !tokens.isMultiple(of: tensor) else { return nil }
    return Mismatch(
      Keys.sequenceParallel.name, value: "true",
      because: "does not fit: micro_batch_size \(microBatch) × sequence_length \(sequence) = \(tokens) tokens "
        + "do not divide by parallelism.tp \(tensor)",
      hint: "use a sequence_length that divides by \(tensor), or set it to false")
  }
}
