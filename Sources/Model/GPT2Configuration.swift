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
  /// A setting that makes no model.
  package struct Problem: Hashable, Sendable, CustomStringConvertible {
    package var key: Key
    package var value: String
    package var reason: String
    package var hint: String

    package var description: String { "\(key.rawValue) '\(value)' \(reason); \(hint)" }
  }

  /// Everything that keeps this from being a model; empty where it is one.
  package var problems: [Problem] {
    let sizes: [(Key, Int)] = [
      (.vocabularySize, vocabularySize), (.positions, positions), (.hidden, hidden), (.layers, layers),
      (.heads, heads), (.intermediate, intermediate),
    ]
    let found = sizes.compactMap(GPT2Configuration.sizeProblem) + numberProblems
    return found.isEmpty ? relationProblems : found
  }

  private static func sizeProblem(_ key: Key, _ size: Int) -> Problem? {
    guard size < 1 || size > Int(Int32.max) else { return nil }
    return Problem(
      key: key, value: "\(size)", reason: "is not between 1 and \(Int32.max)",
      hint: "use a smaller size, or leave it out")
  }

  private var numberProblems: [Problem] {
    let probabilities = [
      (Key.embeddingDropout, embeddingDropout), (.attentionDropout, attentionDropout),
      (.residualDropout, residualDropout),
    ]
    let dropouts = probabilities.filter { !(0..<1).contains($0.1) }.map {
      Problem(key: $0.0, value: "\($0.1)", reason: "is not a probability from 0 to below 1", hint: "0 drops nothing")
    }
    let deviations = [(Key.layerNormEpsilon, layerNormEpsilon), (.initializerRange, initializerRange)]
    let signs = deviations.filter { !($0.1 > 0 && $0.1.isFinite) }.map {
      Problem(key: $0.0, value: "\($0.1)", reason: "is not a number above 0", hint: "GPT-2 has 1e-5 and 0.02")
    }
    return dropouts + signs
  }

  private var relationProblems: [Problem] {
    // Sizes are below 2³¹, so only a product of three can overflow: it is estimated before it is computed.
    let (h, i, l) = (Double(hidden), Double(intermediate), Double(layers))
    let estimate = Double(2 * vocabularySize + positions) * h + l * (4 * h * h + 2 * h * i)
    guard estimate < 1e15 else {
      return [
        Problem(key: .hidden, value: "\(hidden)", reason: "makes more than 10^15 parameters", hint: "use smaller sizes")
      ]
    }
    guard !hidden.isMultiple(of: heads) else { return [] }
    let below = hidden - hidden % heads
    let fitting = [below, below + heads].filter { $0 > 0 }.map(String.init).joined(separator: " or ")
    return [
      Problem(
        key: .hidden, value: "\(hidden)", reason: "does not divide by \(Key.heads.rawValue) \(heads)",
        hint: "use \(fitting), or another number of heads")
    ]
  }
}
