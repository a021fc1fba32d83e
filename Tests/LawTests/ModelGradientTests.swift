import Model
import Program
import TestSupport
import Testing

@Suite("Gradients of the whole model agree with finite differences within 1e-6")
struct ModelGradientTests {
  private func violation(
    of part: String = "", step: Double = 1e-3, fault: FaultyDevice.Fault? = nil,
    _ change: (inout GPT2Configuration) -> Void = { _ in }
  ) throws -> String? {
    var configuration = GPT2Configuration(vocabularySize: 13, positions: 9, hidden: 8, layers: 2, heads: 2)
    change(&configuration)
    return try ModelBench(configuration.architecture, batch: 2, sequence: 6, fault: fault).violation(
      of: part, step: step)
  }

  private func llama(
    of part: String = "", step: Double = 1e-3, fault: FaultyDevice.Fault? = nil,
    _ change: (inout LlamaConfiguration) -> Void
  ) throws -> String? {
    var configuration = LlamaConfiguration(
      vocabularySize: 13, positions: 9, hidden: 16, intermediate: 12, layers: 2, heads: 4)
    change(&configuration)
    return try ModelBench(configuration.architecture, batch: 2, sequence: 6, fault: fault).violation(
      of: part, step: step)
  }

  @Test("Every layer by the name of its tensors, without dropout and with it", arguments: layers, [0, 0.2])
  func namedTensors(name: String, probability: Double) throws {
    let violation = try violation(of: name) {
      ($0.tieWordEmbeddings, $0.embeddingDropout) = (false, probability)
      ($0.attentionDropout, $0.residualDropout) = (probability, probability)
    }
    #expect(violation == nil)
  }

  private static let layers = [
    "wte", "wpe", "ln_1.weight", "ln_1.bias", "attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight",
    "attn.c_proj.bias", "ln_2.weight", "ln_2.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight",
    "mlp.c_proj.bias", "ln_f.weight", "ln_f.bias", "lm_head.weight",
  ]

  @Test("Every layer of a LLaMA by the name of its tensors", arguments: llamaLayers, [0, 0.2])
  func llamaTensors(name: String, probability: Double) throws {
    let violation = try llama(of: name) {
      ($0.keyValueHeads, $0.attentionDropout) = (2, probability)
      ($0.attentionBias, $0.mlpBias) = (true, true)
    }
    #expect(violation == nil)
  }

  private static let llamaLayers = [
    "embed_tokens.weight", "input_layernorm.weight", "q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias",
    "v_proj.weight", "v_proj.bias", "o_proj.weight", "o_proj.bias", "post_attention_layernorm.weight",
    "gate_proj.weight", "gate_proj.bias", "up_proj.weight", "up_proj.bias", "down_proj.weight", "down_proj.bias",
    "model.norm.weight", "lm_head.weight",
  ]

  @Test(
    "LLaMA without groups, with groups and with one key-value head, tied and not", arguments: [4, 2, 1], [true, false])
  func llamaShapes(keyValueHeads: Int, tied: Bool) throws {
    let violation = try llama { ($0.keyValueHeads, $0.tieWordEmbeddings) = (keyValueHeads, tied) }
    #expect(violation == nil)
  }

  @Test("Every activation, plain and in a gate", arguments: Activation.allCases)
  func activations(activation: Activation) throws {
    let step = activation == .relu ? 1e-4 : 1e-3
    let plain = try violation(step: step) { $0.activation = activation }
    // A step too short for a kink is too short for the small gradients before attention.
    let gated = try llama(of: activation == .relu ? "mlp" : "", step: step) { $0.activation = activation }
    #expect(plain == nil)
    #expect(gated == nil)
  }

  @Test("Tied and untied, with and without biases", arguments: [true, false], [true, false])
  func shapes(tied: Bool, bias: Bool) throws {
    let violation = try violation { ($0.tieWordEmbeddings, $0.bias) = (tied, bias) }
    #expect(violation == nil)
  }

  @Test("Every dropout at a fixed key, alone and together", arguments: probabilities)
  func dropouts(probabilities: (embedding: Double, attention: Double, residual: Double)) throws {
    let violation = try violation {
      ($0.embeddingDropout, $0.attentionDropout) = (probabilities.embedding, probabilities.attention)
      $0.residualDropout = probabilities.residual
    }
    #expect(violation == nil)
  }

  private static let probabilities: [(embedding: Double, attention: Double, residual: Double)] = [
    (0.3, 0, 0), (0, 0.3, 0), (0, 0, 0.3), (0.2, 0.1, 0.2),
  ]

  @Test("A backward operation that gives twice its result is found, whichever it is", arguments: mutants)
  func doubled(operation: String) throws {
    let violation = try violation(fault: .doubles(operation)) { ($0.residualDropout, $0.embeddingDropout) = (0.1, 0.1) }
    #expect(violation != nil)
  }

  private static let mutants = [
    "column-sum", "token-embedding-backward", "add-positions-backward", "layer-norm-backward", "activation-backward",
    "dropout-backward", "attention-backward", "cross-entropy-backward",
  ]

  @Test("So is one of LLaMA's own", arguments: ["rms-norm-backward", "gated-activation-backward"])
  func doubledLlama(operation: String) throws {
    let violation = try llama(fault: .doubles(operation)) { $0.keyValueHeads = 2 }
    #expect(violation != nil)
  }
}
