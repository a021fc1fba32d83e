import Configuration
import Foundation
import Model
import Program
import Testing

@Suite struct GPT2ConfigurationTests {
  private func decode(_ json: String) throws -> GPT2Configuration {
    try JSONDecoder().decode(GPT2Configuration.self, from: Data(json.utf8))
  }

  @Test("Hugging Face's file and its defaults are GPT-2 124M")
  func huggingFace() throws {
    let file = try Data(contentsOf: URL(fileURLWithPath: "\(configs)/models/gpt2.json"))
    #expect(try JSONDecoder().decode(GPT2Configuration.self, from: file) == GPT2Configuration())
    #expect(try decode("{}") == GPT2Configuration())
    #expect(GPT2Configuration().parameterCount == 124_439_808)
  }

  @Test("JSON and configuration files agree on every name", arguments: GPT2Configuration.Key.allCases)
  func names(_ key: GPT2Configuration.Key) {
    for name in [key.rawValue] + key.aliases {
      #expect(Schema.key(spelled: "model.\(name)")?.name == "model.\(key.rawValue)")
    }
  }

  @Test("a model survives its JSON")
  func roundTrip() throws {
    var model = GPT2Configuration(vocabularySize: 65, positions: 64, hidden: 128, layers: 4, heads: 4)
    (model.activation, model.bias, model.tieWordEmbeddings, model.intermediate) = (.quickGELU, false, false, 100)
    let json = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(GPT2Configuration.self, from: json) == model)
    #expect(String(decoding: json, as: UTF8.self).contains(#""model_type":"gpt2""#))
  }

  @Test("parameters are counted with and without biases and ties")
  func count() {
    var model = GPT2Configuration(vocabularySize: 7, positions: 5, hidden: 4, layers: 2, heads: 2)
    // Tables 12·4; per layer two norms 2·8, attention 4·12 + 12 + 4·4 + 4, feed-forward 4·16 + 16 + 16·4 + 4; a norm 8.
    #expect(model.parameterCount == 48 + 2 * (16 + 80 + 148) + 8)
    model.tieWordEmbeddings = false
    #expect(model.parameterCount == 48 + 28 + 2 * 244 + 8)
    model.bias = false
    #expect(model.parameterCount == 76 + 2 * (8 + 64 + 128) + 4)
  }

  @Test(
    "JSON that is no GPT-2 is refused",
    arguments: [
      #"{"n_embd": 30, "n_head": 4}"#, #"{"n_layer": 0}"#, #"{"n_layer": -1}"#, #"{"attn_pdrop": 1}"#,
      #"{"embd_pdrop": -0.1}"#, #"{"layer_norm_epsilon": 0}"#, #"{"model_type": "llama"}"#, #"{"n_embd": "768"}"#,
      #"{"n_embd": 768, "hidden_size": 768}"#, #"{"scale_attn_weights": false}"#, #"{"n_embd": 4611686018427387904}"#,
      #"{"activation_function": "tanh"}"#, #"{"n_embd": 2000000000, "n_layer": 2000000000}"#,
    ])
  func refused(_ json: String) {
    #expect(throws: DecodingError.self) { try decode(json) }
  }
}
