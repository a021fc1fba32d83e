import Measurements
import Model
import Program

/// The model of a row: its sizes, and by its name and flags what sizes do not tell.
struct RowModel {
  private(set) var configuration: ModelConfiguration
  private(set) var substitutions: [String] = []

  /// - Errors: `Refusal` for what is no model.
  init(_ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes, padding: Int) throws(RowPlan.Refusal) {
    let multiple = padding * (padding > 1 ? sizes.tensor : 1)
    let vocabulary = (sizes.vocabulary + multiple - 1) / multiple * multiple
    let shape = Shape(row, flags, sizes)
    if shape.isGated || shape.keyValueHeads != sizes.heads {
      configuration = .llama(Self.llama(row, flags, sizes, shape, vocabulary))
    } else {
      configuration = .gpt2(Self.gpt2(row, flags, sizes, shape, vocabulary))
    }
    substitutions = shape.substitutions
    if let problem = configuration.problems.first { throw row.refusal("\(problem.key) \(problem.reason)") }
  }

  /// Names of models with rotary positions, gated feed-forward parts, RMSNorm, neither biases nor dropout.
  static func isLlama(_ row: MeasuredConfiguration) -> Bool {
    let name = row.model.lowercased()
    return ["llama", "internlm", "mistral", "nemotron"].contains(where: name.contains)
  }

  /// The feed-forward part and the heads of keys and values.
  private struct Shape {
    var isGated: Bool
    var intermediate, keyValueHeads: Int
    var substitutions: [String] = []

    init(_ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes) {
      let stated = row.intermediate ?? 4 * sizes.hidden
      keyValueHeads = row.keyValueHeads ?? sizes.heads
      let name = row.model.lowercased()
      let isPlain = ["gpt", "mpt", "opt", "bert", "megatron", "turing", "nemotron"].contains(where: name.contains)
      isGated = flags.isGated || !isPlain && (RowModel.isLlama(row) || stated != 4 * sizes.hidden)
      // Megatron-LM's arguments.py: without a size of its own a gated part has two thirds of 4·H, in multiples of 64.
      intermediate = flags.isGated && stated == 4 * sizes.hidden ? 8 * sizes.hidden / 3 / 64 * 64 : stated
      if flags.isRotary {
        substitutions.append("a table of learned positions stands for rotary ones")
      }
      guard !isGated, keyValueHeads != sizes.heads else { return }
      // 3·H·I' = 2·H·I and 3·I' = 2·I: parameters, work and activations are the same.
      let parts = 2 * sizes.tensor
      intermediate = (2 * stated / 3 + parts - 1) / parts * parts
      substitutions.append("a gated feed-forward part of two thirds stands for a plain one beside grouped queries")
    }
  }

  private static func llama(
    _ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes, _ shape: Shape, _ vocabulary: Int
  ) -> LlamaConfiguration {
    var model = LlamaConfiguration(
      vocabularySize: vocabulary, positions: sizes.sequence, hidden: sizes.hidden, intermediate: shape.intermediate,
      layers: sizes.layers, heads: sizes.heads, keyValueHeads: shape.keyValueHeads)
    (model.attentionBias, model.mlpBias) = (flags.hasBiases, flags.hasBiases)
    model.tieWordEmbeddings = isTied(row, flags)
    return model
  }

  private static func gpt2(
    _ row: MeasuredConfiguration, _ flags: RowFlags, _ sizes: RowSizes, _ shape: Shape, _ vocabulary: Int
  ) -> GPT2Configuration {
    var model = GPT2Configuration(
      vocabularySize: vocabulary, positions: sizes.sequence, hidden: sizes.hidden, layers: sizes.layers,
      heads: sizes.heads)
    (model.intermediate, model.bias, model.tieWordEmbeddings) = (
      shape.intermediate, flags.hasBiases, isTied(row, flags)
    )
    let name = row.model.lowercased()
    model.activation = name.contains("opt") ? .relu : name.contains("bert") || name.contains("mpt") ? .gelu : .geluTanh
    let (residual, attention) = (flags.dropsResidual ? 0.1 : 0, flags.dropsAttention ? 0.1 : 0)
    (model.embeddingDropout, model.residualDropout, model.attentionDropout) = (residual, residual, attention)
    return model
  }

  private static func isTied(_ row: MeasuredConfiguration, _ flags: RowFlags) -> Bool {
    if row.notes.contains("tied embeddings below 4B") { return (row.parameters ?? 0) < 4 }
    return !flags.isUntied
  }
}
