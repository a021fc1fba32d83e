import Foundation
import Model
import Program
import Testing

@Suite struct LlamaConfigurationTests {
  private func decode(_ json: String) throws -> LlamaConfiguration {
    try JSONDecoder().decode(LlamaConfiguration.self, from: Data(json.utf8))
  }

  @Test(
    "published files have the published number of parameters",
    arguments: [
      ("{}", 6_738_415_616),
      (
        #"{"hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 22, "num_key_value_heads": 4}"#,
        1_100_048_384
      ),
      (
        #"{"vocab_size": 128256, "intermediate_size": 14336, "num_key_value_heads": 8, "rope_theta": 500000.0}"#,
        8_030_261_248
      ),
      (
        #"{"vocab_size": 128256, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "#
          + #""head_dim": 64, "num_key_value_heads": 8, "tie_word_embeddings": true}"#, 1_235_814_400
      ),
    ])
  func published(_ json: String, parameters: Int) throws {
    #expect(try decode(json).parameterCount == parameters)
  }

  @Test("what a file does not say follows from what it says")
  func derived() throws {
    let model = try decode(#"{"hidden_size": 96, "num_attention_heads": 6, "num_key_value_heads": null}"#)
    #expect(model.keyValueHeads == 6 && model.headSize == 16)
    #expect(try decode(#"{"num_key_value_heads": 1, "head_dim": null}"#).keyValueHeads == 1)
    #expect(try decode(#"{"hidden_size": 96, "num_attention_heads": 6, "head_dim": 32}"#).headSize == 32)
    #expect(try decode("{}") == LlamaConfiguration())
  }

  @Test(
    "rotary settings are read in the words of older and newer files",
    arguments: [
      (#""rope_scaling": null"#, RotaryFrequencies()),
      (#""rope_theta": 500000"#, RotaryFrequencies(theta: 500_000)),
      (#""rope_scaling": {"type": "linear", "factor": 2.0}"#, RotaryFrequencies(scaling: .linear(factor: 2))),
      (#""rope_parameters": {"rope_theta": 7, "rope_type": "default"}"#, RotaryFrequencies(theta: 7)),
      (
        #""rope_theta": 5e5, "rope_scaling": {"factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "#
          + #""original_max_position_embeddings": 8192, "rope_type": "llama3"}"#,
        RotaryFrequencies(
          theta: 500_000,
          scaling: .llama3(factor: 8, lowFrequency: 1, highFrequency: 4, originalPositions: 8192))
      ),
    ])
  func rotary(_ json: String, frequencies: RotaryFrequencies) throws {
    let model = try decode("{\(json)}")
    #expect(model.frequencies == frequencies)
    #expect(try JSONDecoder().decode(LlamaConfiguration.self, from: JSONEncoder().encode(model)) == model)
  }

  @Test("parameters are counted with biases, groups and ties")
  func count() {
    var model = LlamaConfiguration(
      vocabularySize: 7, positions: 5, hidden: 8, intermediate: 6, layers: 2, heads: 4, keyValueHeads: 2)
    // Tables 2·7·8; per layer two norms 16, attention 8·8 + 2·8·4 + 8·8, feed-forward 3·8·6; a norm 8.
    #expect(model.parameterCount == 112 + 2 * (16 + 192 + 144) + 8)
    (model.tieWordEmbeddings, model.attentionBias, model.mlpBias) = (true, true, true)
    #expect(model.parameterCount == 56 + 2 * (16 + 192 + 24 + 144 + 20) + 8)
  }

  @Test("its architecture is LLaMA's")
  func architecture() {
    let model = LlamaConfiguration(
      vocabularySize: 7, positions: 5, hidden: 8, intermediate: 6, layers: 2, heads: 4, keyValueHeads: 2)
    let shape = model.architecture
    #expect(shape.norm == .rootMeanSquare && shape.feedForward == .gated && shape.naming == .llama)
    #expect(shape.positions == .rotary(RotaryFrequencies()) && shape.activation == .silu && !shape.isTied)
    #expect(shape.keyValueHeads == 2 && shape.headSize == 2 && shape.residualDeviation == shape.deviation)
  }

  private static let sound = LlamaConfiguration(
    vocabularySize: 7, positions: 5, hidden: 8, intermediate: 6, layers: 2, heads: 4, keyValueHeads: 2)

  private func problems(_ change: (inout LlamaConfiguration) -> Void) -> [String] {
    var model = Self.sound
    change(&model)
    return model.problems.map(\.description)
  }

  @Test("sizes that do not go together are named, all of them")
  func relations() {
    let group = "num_key_value_heads '3' does not divide num_attention_heads 4; use one of 1, 2, 4"
    let hidden = "hidden_size '10' does not divide by num_attention_heads 4; use 8 or 12, or another number of heads"
    let head = "head_dim '3' is odd, but rotary positions turn features in pairs; use 4, or other sizes"
    let large = "hidden_size '8' makes more than 10^15 parameters; use smaller sizes"
    let found = [
      problems { _ in }, problems { $0.keyValueHeads = 3 }, problems { $0.headSize = 3 },
      problems { ($0.hidden, $0.keyValueHeads) = (10, 3) },
      problems { ($0.layers, $0.intermediate) = (2_000_000_000, 2_000_000_000) },
    ]
    #expect(found == [[], [group], [head], [hidden, group], [large]])
  }

  @Test("numbers out of range are named, all of them")
  func numbers() {
    let found = problems { ($0.layers, $0.rmsNormEpsilon, $0.attentionDropout) = (0, 0, 1) }
    #expect(
      found == [
        "num_hidden_layers '0' is not between 1 and 2147483647; use a smaller size, or leave it out",
        "rms_norm_eps '0.0' is not a number above 0; LLaMA has 1e-6 or 1e-5",
        "attention_dropout '1.0' is not a probability from 0 to below 1; 0 drops nothing",
      ])
  }
}
