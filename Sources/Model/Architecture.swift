package import Program

/// A decoder-only transformer, whatever its file calls things: what the layers are built from.
package struct Architecture: Hashable, Sendable {
  package enum Positions: Hashable, Sendable {
    /// A table of as many rows as there are positions, added to the tokens.
    case learned
    /// Queries and keys turned by their positions.
    case rotary(RotaryFrequencies)
  }
  package enum Norm: Hashable, Sendable {
    case layer(bias: Bool)
    case rootMeanSquare
  }
  package enum FeedForward: Hashable, Sendable {
    /// f(x·W1)·W2.
    case plain
    /// (f(x·Wg) ∘ x·Wu)·Wd.
    case gated
  }
  /// Whose names tensors have in files, and which way round matrices are stored.
  package enum Naming: Hashable, Sendable { case gpt2, llama }

  /// `V`, `H`, `L`, `A`, `Akv`, `D`, `I`.
  package var vocabulary, hidden, layers, heads, keyValueHeads, headSize, intermediate: Int
  /// The longest sequence.
  package var positionCount: Int
  package var positions: Positions
  package var norm: Norm
  package var epsilon: Double
  package var feedForward: FeedForward
  package var activation: Activation
  package var attentionBias, feedForwardBias: Bool
  /// Whether the output matrix is the token table.
  package var isTied: Bool
  package var embeddingDropout, attentionDropout, residualDropout: Double
  /// Standard deviation of first values, and of the projections that write into the residual stream.
  package var deviation, residualDeviation: Double
  package var naming: Naming

  package init(
    vocabulary: Int, hidden: Int, layers: Int, heads: Int, keyValueHeads: Int, headSize: Int, intermediate: Int,
    positionCount: Int, positions: Positions, norm: Norm, epsilon: Double, feedForward: FeedForward,
    activation: Activation, attentionBias: Bool, feedForwardBias: Bool, isTied: Bool, embeddingDropout: Double = 0,
    attentionDropout: Double = 0, residualDropout: Double = 0, deviation: Double, residualDeviation: Double,
    naming: Naming
  ) {
    (self.vocabulary, self.hidden, self.layers, self.heads) = (vocabulary, hidden, layers, heads)
    (self.keyValueHeads, self.headSize, self.intermediate) = (keyValueHeads, headSize, intermediate)
    (self.positionCount, self.positions, self.norm, self.epsilon) = (positionCount, positions, norm, epsilon)
    (self.feedForward, self.activation) = (feedForward, activation)
    (self.attentionBias, self.feedForwardBias, self.isTied) = (attentionBias, feedForwardBias, isTied)
    (self.embeddingDropout, self.attentionDropout) = (embeddingDropout, attentionDropout)
    self.residualDropout = residualDropout
    (self.deviation, self.residualDeviation, self.naming) = (deviation, residualDeviation, naming)
  }
}

extension GPT2Configuration {
  package var architecture: Architecture {
    Architecture(
      vocabulary: vocabularySize, hidden: hidden, layers: layers, heads: heads, keyValueHeads: heads,
      headSize: headSize, intermediate: intermediate, positionCount: positions, positions: .learned,
      norm: .layer(bias: bias), epsilon: layerNormEpsilon, feedForward: .plain, activation: activation,
      attentionBias: bias, feedForwardBias: bias, isTied: tieWordEmbeddings, embeddingDropout: embeddingDropout,
      attentionDropout: attentionDropout, residualDropout: residualDropout, deviation: initializerRange,
      residualDeviation: residualDeviation, naming: .gpt2)
  }
}
