import Program
import Quantities

/// Operations of every case, with random shapes: the same for the same seed.
struct RandomOperations {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// splitmix64, of Steele et al. 2014.
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }
  mutating func coin() -> Bool { next() & 1 == 0 }
  mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

  /// One operation of every case, values stored in `type` and weight gradients in `gradient`.
  mutating func everyCase(_ type: ScalarType, gradient: ScalarType) -> [Operation] {
    moves(type, gradient) + embeddings(type, gradient) + norms(type, gradient) + layers(type) + attentions(type)
      + losses(type) + ends(type, gradient)
  }

  private mutating func moves(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    [
      .fill(count: number(8...4096), value: 0, type), .copy(count: number(8...4096), type),
      .convert(count: number(8...4096), from: type, to: gradient), .add(count: number(8...4096), type),
      .matmul(matmul(), type, result: gradient),
      .addBias(rows: number(4...64), columns: number(8...64), type),
      .columnSum(rows: number(4...64), columns: number(8...64), accumulate: coin(), type, gradient: gradient),
    ]
  }

  mutating func matmul() -> MatmulShape {
    let accumulate = coin()
    return MatmulShape(
      m: number(8...512), n: number(8...512), k: number(8...512), transposeA: coin(), transposeB: coin(),
      accumulate: accumulate, bias: !accumulate && coin())
  }

  private mutating func dropout(_ sequence: Int) -> Dropout? {
    coin() ? Dropout(probability: 0.1, site: number(0...9), sequence: sequence) : nil
  }

  private mutating func embeddings(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    let table = EmbeddingShape(rows: number(4...64), columns: number(8...64), vocabulary: number(16...500))
    let sequence = number(4...32)
    let positions = PositionShape(
      rows: sequence * number(1...4), columns: number(8...64), positions: sequence + number(0...32), sequence: sequence,
      dropout: dropout(sequence))
    return [
      .tokenEmbedding(table, type), .tokenEmbeddingBackward(table, type, gradient: gradient),
      .addPositions(positions, type), .addPositionsBackward(positions, type, gradient: gradient),
    ]
  }

  private mutating func norms(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    let centred = coin()
    let shape = NormShape(
      rows: number(4...64), columns: number(8...64), epsilon: 1e-5, bias: centred && coin(), centred: centred)
    return [.norm(shape, type), .normBackward(shape, accumulate: coin(), type, gradient: gradient)]
  }

  private mutating func layers(_ type: ScalarType) -> [Operation] {
    let function = pick(Activation.allCases)
    let (rows, columns, count) = (number(4...64), number(8...64), number(64...4096))
    let site = Dropout(probability: 0.1, site: 1, sequence: rows)
    let turned = RotaryShape(
      rows: rows, sequence: rows, heads: number(2...8), keyValueHeads: number(1...2), headSize: 2 * number(2...32),
      frequencies: RotaryFrequencies())
    return [
      .activation(function, count: count, type), .activationBackward(function, count: count, type),
      .gatedActivation(function, rows: rows, columns: columns, type),
      .gatedActivationBackward(function, rows: rows, columns: columns, type),
      .rotary(turned, inverse: coin(), type), .residualAdd(rows: rows, columns: columns, dropout(rows), type),
      .dropoutBackward(rows: rows, columns: columns, site, type),
    ]
  }

  mutating func attention(causal: Bool) -> AttentionShape {
    let (shared, sequence) = (number(1...3), number(8...128))
    return AttentionShape(
      batch: number(1...4), sequence: sequence, heads: shared * number(1...4), keyValueHeads: shared,
      headSize: 8 * number(1...16), causal: causal, dropout: dropout(sequence))
  }

  private mutating func attentions(_ type: ScalarType) -> [Operation] {
    let shape = attention(causal: coin())
    let past = number(0...64)
    let cached = CachedAttentionShape(
      new: number(1...8), past: past, capacity: past + number(8...64), heads: 2 * number(1...4), keyValueHeads: 2,
      headSize: 8 * number(1...8))
    return [.attention(shape, type), .attentionBackward(shape, type), .cachedAttention(cached, type)]
  }

  private mutating func losses(_ type: ScalarType) -> [Operation] {
    let (rows, vocabulary) = (number(4...64), number(16...500))
    return [
      .crossEntropy(rows: rows, vocabulary: vocabulary, type),
      .crossEntropyBackward(rows: rows, vocabulary: vocabulary, first: 0, type),
      .vocabularyMaximum(rows: rows, vocabulary: vocabulary, type),
      .vocabularySums(rows: rows, vocabulary: vocabulary, first: 0, type), .vocabularyLoss(rows: rows, type),
    ]
  }

  private mutating func ends(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    let rule: OptimizerRule = pick([
      .sgd(), .sgd(weightDecay: 0.1), .momentum(nesterov: true), .adagrad(), .rmsprop(), .rmsprop(momentum: 0.9),
      .adam(), .adamw(),
    ])
    return [
      .squaredNorm(count: number(8...4096), type), .sum(count: number(8...4096), type),
      .clipCoefficient(partials: number(1...64), maximum: 1),
      .optimizerStep(rule, count: number(8...4096), guarded: coin(), gradient: gradient, type),
    ]
  }
}
