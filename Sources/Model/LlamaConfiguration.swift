package import Program

/// The shape of a LLaMA: RMSNorm, rotary positions, gated feed-forward parts, grouped keys and values.
///
/// Every property starts as in Hugging Face's `LlamaConfig`, which is LLaMA 7B.
/// - Source: Touvron et al. 2023, arXiv:2302.13971; Ainslie et al. 2023, arXiv:2305.13245, for grouped queries;
///   `transformers`, `configuration_llama.py`.
package struct LlamaConfiguration: Hashable, Sendable {
  /// `V`: rows of the token table.
  package var vocabularySize = 32_000
  /// `H`: features of the residual stream.
  package var hidden = 4096
  /// Features inside the feed-forward part.
  package var intermediate = 11_008
  package var layers = 32
  /// `A`: heads of the queries.
  package var heads = 32
  /// Heads of keys and values: each serves heads / keyValueHeads queries; 1 is multi-query attention.
  package var keyValueHeads = 32
  /// `D`: features of one head; H / A where a configuration does not say.
  package var headSize = 128
  /// The non-linearity on the gate.
  package var activation = Activation.silu
  /// The longest sequence.
  package var positions = 2048
  package var rmsNormEpsilon = 1e-6
  package var frequencies = RotaryFrequencies()
  /// Whether the output matrix is the token table.
  package var tieWordEmbeddings = false
  /// Whether the projections of queries, keys, values and of the attention's output have biases.
  package var attentionBias = false
  /// Whether the feed-forward part has biases.
  package var mlpBias = false
  package var attentionDropout = 0.0
  /// Standard deviation of all initial weights.
  package var initializerRange = 0.02

  /// LLaMA 7B.
  package init() {}

  /// A model of these sizes: as many key-value heads as heads where nothing is said, everything else as in LLaMA.
  package init(
    vocabularySize: Int, positions: Int, hidden: Int, intermediate: Int, layers: Int, heads: Int,
    keyValueHeads: Int? = nil
  ) {
    (self.vocabularySize, self.positions, self.hidden) = (vocabularySize, positions, hidden)
    (self.intermediate, self.layers, self.heads) = (intermediate, layers, heads)
    (self.keyValueHeads, headSize) = (keyValueHeads ?? heads, heads > 0 ? hidden / heads : 0)
  }
}

extension LlamaConfiguration {
  package var architecture: Architecture {
    Architecture(
      vocabulary: vocabularySize, hidden: hidden, layers: layers, heads: heads, keyValueHeads: keyValueHeads,
      headSize: headSize, intermediate: intermediate, positionCount: positions, positions: .rotary(frequencies),
      norm: .rootMeanSquare, epsilon: rmsNormEpsilon, feedForward: .gated, activation: activation,
      attentionBias: attentionBias, feedForwardBias: mlpBias, isTied: tieWordEmbeddings,
      attentionDropout: attentionDropout, deviation: initializerRange, residualDeviation: initializerRange,
      naming: .llama)
  }

  /// Trainable values; a tied output matrix counts once.
  package var parameterCount: Int {
    let tables = (tieWordEmbeddings ? 1 : 2) * vocabularySize * hidden
    return tables + layers * (2 * hidden + attentionCount + feedForwardCount) + hidden
  }

  private var attentionCount: Int {
    let (queries, keys) = (heads * headSize, keyValueHeads * headSize)
    let biases = attentionBias ? queries + 2 * keys + hidden : 0
    return 2 * hidden * queries + 2 * hidden * keys + biases
  }

  private var feedForwardCount: Int {
    3 * hidden * intermediate + (mlpBias ? 2 * intermediate + hidden : 0)
  }
}
