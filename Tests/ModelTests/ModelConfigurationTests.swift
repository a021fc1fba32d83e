import Foundation
import Model
import Testing

@Suite struct ModelConfigurationTests {
  private func decode(_ json: String) throws -> ModelConfiguration {
    try JSONDecoder().decode(ModelConfiguration.self, from: Data(json.utf8))
  }

  private func message(_ json: String) -> String {
    do {
      _ = try decode(json)
      return ""
    } catch DecodingError.dataCorrupted(let context) { return context.debugDescription } catch { return "\(error)" }
  }

  @Test("the family is the file's model_type, or GPT-2 where there is none")
  func family() throws {
    #expect(try decode(#"{"model_type": "llama"}"#) == .llama(LlamaConfiguration()))
    #expect(try decode(#"{"model_type": "gpt2"}"#) == .gpt2(GPT2Configuration()))
    #expect(try decode(#"{"n_layer": 12}"#) == .gpt2(GPT2Configuration()))
  }

  @Test(
    "what is no known model is refused with a reason",
    arguments: [
      (#"{"model_type": "bert"}"#, "'bert' is not supported; one of gpt2, llama"),
      (#"{"rms_norm_eps": 1e-6}"#, #"is missing, and rms_norm_eps is LLaMA's; add "model_type": "llama""#),
      (
        #"{"model_type": "llama", "rope_scaling": {"rope_type": "yarn", "factor": 2}}"#,
        "rope_scaling is no scaling: rope_type 'yarn' is not supported; one of default, linear, llama3"
      ),
      (
        #"{"model_type": "llama", "rope_scaling": {"rope_type": "linear"}}"#,
        "rope_scaling is no scaling: factor is missing; rope_type linear needs it"
      ),
      (
        #"{"model_type": "llama", "rope_scaling": {"factor": 2}}"#,
        "rope_scaling is no scaling: factor is not used by rope_type default; remove it, or choose another rope_type"
      ),
      (
        #"{"model_type": "llama", "rope_scaling": {"type": "linear", "factor": -1}}"#,
        "rope_scaling is no scaling: factor is not a number above 0; give a number"
      ),
      (
        #"{"model_type": "llama", "rope_theta": 5, "rope_parameters": {"rope_theta": 6}}"#,
        "is 5.0, but 6.0 in the section; keep one"
      ),
      (
        #"{"model_type": "llama", "num_attention_heads": 32, "num_key_value_heads": 5}"#,
        "num_key_value_heads '5' does not divide num_attention_heads 32; use one of 1, 2, 4, 8, 16, 32"
      ),
    ])
  func refused(_ json: String, text: String) {
    let found = message(json)
    #expect(found == text)
  }

  @Test(
    "a model's file says which class of transformers reads it",
    arguments: [
      (ModelConfiguration.gpt2(GPT2Configuration()), "gpt2", "GPT2LMHeadModel"),
      (.llama(LlamaConfiguration()), "llama", "LlamaForCausalLM"),
    ])
  func roundTrip(_ model: ModelConfiguration, type: String, name: String) throws {
    let json = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(ModelConfiguration.self, from: json) == model)
    let members = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(members["model_type"] as? String == type && members["architectures"] as? [String] == [name])
  }

  @Test("the vocabulary can be set in either family", arguments: ModelConfiguration.Family.allCases)
  func vocabulary(_ family: ModelConfiguration.Family) throws {
    var model = try decode(#"{"model_type": "\#(family.rawValue)"}"#)
    let before = model.parameterCount
    model.vocabularySize += 3
    #expect(model.vocabularySize == model.architecture.vocabulary && model.family == family)
    #expect(model.parameterCount > before && model.problems.isEmpty)
  }
}
