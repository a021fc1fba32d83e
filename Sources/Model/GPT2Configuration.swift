package import Program

/// The shape of a GPT-2: pre-norm LayerNorm, learned positions, biases and tied embeddings by choice.
///
/// Every property starts as in Hugging Face's `GPT2Config`, which is GPT-2 124M.
/// - Source: Radford et al. 2019; `transformers`, `configuration_gpt2.py`. `bias` is nanoGPT's.
package struct GPT2Configuration: Hashable, Sendable {
  /// `V`: rows of the token table.
  package var vocabularySize = 50257
  /// The longest sequence: rows of the position table.
  package var positions = 1024
  /// `H`: features of the residual stream.
  package var hidden = 768
  package var layers = 12
  /// `A`: attention heads; each has H / A features.
  package var heads = 12
  /// Features inside the feed-forward part; 4·H where a configuration does not say.
  package var intermediate = 3072
  package var activation = Activation.geluTanh
  package var layerNormEpsilon = 1e-5
  /// Whether linear layers and norms have biases.
  package var bias = true
  /// Whether the output matrix is the token table.
  package var tieWordEmbeddings = true
  package var embeddingDropout = 0.1
  package var attentionDropout = 0.1
  package var residualDropout = 0.1
  /// Standard deviation of initial weights.
  package var initializerRange = 0.02

  /// GPT-2 124M.
  package init() {}

  /// A model of these sizes, without dropout: 4·H intermediate features, everything else as in GPT-2.
  package init(vocabularySize: Int, positions: Int, hidden: Int, layers: Int, heads: Int) {
    (self.vocabularySize, self.positions, self.hidden) = (vocabularySize, positions, hidden)
    (self.layers, self.heads, intermediate) = (layers, heads, 4 * hidden)
    (embeddingDropout, attentionDropout, residualDropout) = (0, 0, 0)
  }
}

extension GPT2Configuration {
  /// Features of one head.
  package var headSize: Int { hidden / heads }

  /// Deviation of the projections that write into the residual stream: it sums 2·layers of them.
  package var residualDeviation: Double { initializerRange / Double(2 * layers).squareRoot() }

  /// Trainable values; a tied output matrix counts once.
  package var parameterCount: Int {
    let tables = (vocabularySize + positions + (tieWordEmbeddings ? 0 : vocabularySize)) * hidden
    return tables + layers * parametersPerLayer + norm
  }

  private var norm: Int { bias ? 2 * hidden : hidden }

  private var parametersPerLayer: Int {
    let weights = 4 * hidden * hidden + 2 * hidden * intermediate
    let biases = bias ? 5 * hidden + intermediate : 0
    return 2 * norm + weights + biases
  }
}

extension GPT2Configuration {
  package typealias Problem = ModelConfiguration.Problem

  /// Everything that keeps this from being a model; empty where it is one.
  package var problems: [Problem] {
    let sizes: [(Key, Int)] = [
      (.vocabularySize, vocabularySize), (.positions, positions), (.hidden, hidden), (.layers, layers),
      (.heads, heads), (.intermediate, intermediate),
    ]
    let found = sizes.compactMap { Problem.size($0.0.rawValue, $0.1) } + numberProblems
    return found.isEmpty ? relationProblems : found
  }

  private var numberProblems: [Problem] {
    let probabilities = [
      (Key.embeddingDropout, embeddingDropout), (.attentionDropout, attentionDropout),
      (.residualDropout, residualDropout),
    ]
    let deviations = [(Key.layerNormEpsilon, layerNormEpsilon), (.initializerRange, initializerRange)]
    return probabilities.compactMap { Problem.probability($0.0.rawValue, $0.1) }
      + deviations.compactMap { Problem.positive($0.0.rawValue, $0.1, hint: "GPT-2 has 1e-5 and 0.02") }
  }

  private var relationProblems: [Problem] {
    // Sizes are below 2³¹, so only a product of three can overflow: it is estimated before it is computed.
    let (h, i, l) = (Double(hidden), Double(intermediate), Double(layers))
    let estimate = Double(2 * vocabularySize + positions) * h + l * (4 * h * h + 2 * h * i)
    if let problem = Problem.tooLarge(Key.hidden.rawValue, hidden, parameters: estimate) { return [problem] }
    guard !hidden.isMultiple(of: heads) else { return [] }
    return [Problem.remainder(Key.hidden.rawValue, hidden, Key.heads.rawValue, heads, counted: "heads")]
  }
}
