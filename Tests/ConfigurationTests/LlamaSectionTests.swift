import Configuration
import Foundation
import Model
import Program
import Testing

@Suite struct LlamaSectionTests {
  private let text = """
    model:
      {model_type: llama, hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 4,
       num_key_value_heads: 2, max_position_embeddings: 16, vocab_size: auto}
    data: x

    """

  private var model: LlamaConfiguration {
    LlamaConfiguration(
      vocabularySize: 65, positions: 16, hidden: 32, intermediate: 48, layers: 2, heads: 4, keyValueHeads: 2)
  }

  @Test("a LLaMA is described in Hugging Face's words, and written in them")
  func words() throws {
    let run = try RunConfiguration.parse(text, file: "a").withVocabulary(65)
    #expect(run.model == .llama(model) && run.sequenceLength == 16)
    let again = try RunConfiguration.parse(run.canonicalJSON, file: "b")
    #expect(again.differences(from: run) == [] && again.model == run.model)
    #expect(run.canonicalJSON.contains(#""hidden_size" : 32"#) && !run.canonicalJSON.contains("n_embd"))
  }

  @Test("the file in configs is what transformers reads, and the model of a run that names it")
  func file() throws {
    let json = try Data(contentsOf: URL(fileURLWithPath: "\(configs)/models/llama-tiny.json"))
    let run = try RunConfiguration.parse("model: llama-tiny\ndata: x", file: "\(configs)/runs/run.yaml")
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: json) == run.model)
    let narrow = try RunConfiguration.parse(
      "model: {base: llama-tiny, num_key_value_heads: 1}\ndata: x", file: "\(configs)/runs/run.yaml")
    #expect(narrow.model.architecture.keyValueHeads == 1 && narrow.model.architecture.hidden == 128)
  }

  @Test("LLaMA's and GPT-2's files agree with the schema on every name", arguments: LlamaConfiguration.Key.allCases)
  func names(_ key: LlamaConfiguration.Key) throws {
    for name in [key.rawValue] + key.aliases { #expect(Schema.key(spelled: "model.\(name)") != nil, "\(name)") }
  }

  @Test("rotary settings survive the canonical form")
  func rotary() throws {
    let overrides = ["model.rope_parameters={rope_type: linear, factor: 2.5, rope_theta: 5e5}"]
    let run = try RunConfiguration.parse(text, file: "a", overrides: overrides).withVocabulary(65)
    #expect(
      run.model.architecture.positions == .rotary(RotaryFrequencies(theta: 500_000, scaling: .linear(factor: 2.5))))
    let again = try RunConfiguration.parse(run.canonicalJSON, file: "b")
    #expect(again.differences(from: run) == [] && again.model == run.model)
  }

  @Test(
    "what does not belong to the family, or makes no model, is refused",
    arguments: [
      (
        "model.embd_pdrop=0.1",
        "model.embd_pdrop is not used by model.model_type llama; remove it, or use model.model_type gpt2"
      ),
      (
        "model.scale_attn_weights=true",
        "model.scale_attn_weights is not used by model.model_type llama; remove it, or use model.model_type gpt2"
      ),
      (
        "model.model_type=gpt2",
        "model.num_key_value_heads is not used by model.model_type gpt2; remove it, or use model.model_type llama"
      ),
      (
        "model.num_key_value_heads=3",
        "model.num_key_value_heads '3' does not divide num_attention_heads 4; use one of 1, 2, 4"
      ),
      (
        "model.head_dim=7",
        "model.head_dim '7' is odd, but rotary positions turn features in pairs; use 8, or other sizes"
      ),
      (
        "model.hidden_size=34",
        "model.hidden_size '34' does not divide by num_attention_heads 4; use 32 or 36, or another number of heads"
      ),
      (
        "model.rope_scaling={rope_type: yarn}",
        "model.rope_scaling is no scaling: rope_type 'yarn' is not supported; one of default, linear, llama3"
      ),
      ("model.rope_scaling=3", "model.rope_scaling '3' is not a mapping with rope_type"),
      ("model.rope_theta=0", "model.rope_theta '0' is not a number > 0"),
      (
        "sequence_length=17",
        "sequence_length '17' is longer than the model's 16 positions; "
          + "use at most 16, or a model with a larger max_position_embeddings"
      ),
    ])
  func refused(_ override: String, message: String) {
    let found = mistakes(in: text, overrides: [override]).map {
      $0.replacingOccurrences(of: "override \(override): ", with: "")
    }
    #expect(found.count == 1 && found[0].hasSuffix(message), "\(found)")
  }
}
