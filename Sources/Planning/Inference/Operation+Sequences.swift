package import Program

extension Operation {
  /// The operation of a forward pass, made on so many sequences of equal length at once: all that treats rows alike treats more rows.
  ///
  /// Attention over caches is left as it is: sequences attend to their own caches alone, so a lowering says what becomes of it.
  ///
  /// - Precondition: the operation is one of generation.
  package func onSequences(_ count: Int) -> Operation {
    switch self {
    case .matmul(var shape, let type, let result):
      shape.m *= count
      return .matmul(shape, type, result: result)
    case .addBias(let rows, let columns, let type): return .addBias(rows: rows * count, columns: columns, type)
    case .tokenEmbedding(var shape, let type):
      shape.rows *= count
      return .tokenEmbedding(shape, type)
    case .addPositions(var shape, let type):
      shape.rows *= count
      return .addPositions(shape, type)
    case .norm(var shape, let type):
      shape.rows *= count
      return .norm(shape, type)
    case .activation(let function, let values, let type): return .activation(function, count: values * count, type)
    case .gatedActivation(let function, let rows, let columns, let type):
      return .gatedActivation(function, rows: rows * count, columns: columns, type)
    case .rotary(var shape, let inverse, let type):
      shape.rows *= count
      return .rotary(shape, inverse: inverse, type)
    case .residualAdd(let rows, let columns, let dropout, let type):
      return .residualAdd(rows: rows * count, columns: columns, dropout, type)
    case .cachedAttention: return self
    case .fill, .copy, .convert, .add, .columnSum, .tokenEmbeddingBackward, .addPositionsBackward, .normBackward,
      .activationBackward, .gatedActivationBackward, .dropoutBackward, .attention, .attentionBackward, .crossEntropy,
      .crossEntropyBackward, .vocabularyMaximum, .vocabularySums, .vocabularyLoss, .squaredNorm, .sum,
      .clipCoefficient, .optimizerStep:
      preconditionFailure("\(name) is no operation of generation")
    }
  }
}
