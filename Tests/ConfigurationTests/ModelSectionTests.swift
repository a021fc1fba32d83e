import Configuration
import Model
import Program
import Testing

@Suite struct ModelSectionTests {
  @Test("Hugging Face's GPT-2 file is GPT-2 124M, to the parameter")
  func gpt2() throws {
    for text in ["model: gpt2", "model: ../models/gpt2.json", "model: {base: gpt2}"] {
      let configuration = try RunConfiguration.parse("\(text)\ndata: x", file: "\(configs)/runs/run.yaml")
      #expect(configuration.model == .gpt2(GPT2Configuration()))
      #expect(configuration.model.parameterCount == 124_439_808)
    }
  }

  @Test("generic Hugging Face names mean the same as GPT-2's")
  func names() throws {
    let generic = """
      model: {num_hidden_layers: 2, hidden_size: 32, num_attention_heads: 4, max_position_embeddings: 16,
              intermediate_size: 64, hidden_act: relu, vocab_size: 10}
      data: x
      """
    let own = """
      model: {n_layer: 2, n_embd: 32, n_head: 4, n_positions: 16, n_inner: 64, activation_function: relu, vocab_size: 10}
      data: x
      """
    let model = try RunConfiguration.parse(generic, file: "a").model
    #expect(try model == RunConfiguration.parse(own, file: "a").model)
    let shape = model.architecture
    #expect(shape.intermediate == 64 && shape.activation == .relu && shape.headSize == 8)
  }

  @Test("mistakes in a model's file are reported with that file, its keys and its lines")
  func modelFile() throws {
    let folder = try Folder([
      "models/m.yaml": "n_layer: 2\nn_embd: x\nn_haed: 4\nbase: a\nmodel_type: bert\nscale_attn_weights: false\n",
      "runs/r.yaml": "model: m\ndata: x\nsed: 1",
    ])
    #expect(
      folder.mistakes("runs/r.yaml") == [
        "runs/r.yaml:3:1: sed is no known key; did you mean 'seed'?",
        "runs/../models/m.yaml:2:9: n_embd 'x' is not an integer ≥ 1",
        "runs/../models/m.yaml:3:1: n_haed is no known key; did you mean 'n_head'?",
        "runs/../models/m.yaml:4:7: base belongs into a run's model section, not into a model's file; remove it",
        "runs/../models/m.yaml:5:13: model_type 'bert' is unknown; one of gpt2, llama",
        "runs/../models/m.yaml:6:21: scale_attn_weights 'false' is not supported yet: this model computes with true; "
          + "remove it",
      ])
  }

  @Test("a model that is not there is an error with the nearest one")
  func absent() throws {
    let folder = try Folder(["models/gpt2.json": "{}", "models/tiny.yaml": "", "runs/r.yaml": "model: gpt3\ndata: x"])
    #expect(
      folder.mistakes("runs/r.yaml") == [
        "runs/r.yaml:1:8: model 'gpt3' names no model: there is no runs/../models/gpt3.yaml or .json; "
          + "did you mean 'gpt2'?"
      ])
    #expect(
      folder.mistakes("runs/r.yaml", overrides: ["model=something"]) == [
        "override model=something: model 'something' names no model: "
          + "there is no runs/../models/something.yaml or .json; models here are gpt2, tiny"
      ])
    #expect(
      folder.mistakes("runs/r.yaml", overrides: ["model=tiny"]) == [
        "runs/../models/tiny.yaml: is empty; write 'key: value' lines"
      ])
  }

  @Test(
    "sizes that make no model are refused",
    arguments: [
      (
        "{n_embd: 30, n_head: 4, n_layer: 1}",
        "1:17: model.n_embd '30' does not divide by n_head 4; use 28 or 32, or another number of heads"
      ),
      (
        "{n_embd: 500000000, n_head: 4, n_layer: 2000000000}",
        "1:17: model.n_embd '500000000' makes more than 10^15 parameters; use smaller sizes"
      ),
      ("{vocab_size: many}", "1:21: model.vocab_size 'many' is not an integer ≥ 1"),
      ("{bias: yes}", "1:15: model.bias 'yes' is not true or false"),
      (
        "{hidden_act: gelu_old}",
        "1:21: model.hidden_act 'gelu_old' is unknown; did you mean 'gelu_new'? "
          + "One of relu, gelu, gelu_new, silu, quick_gelu"
      ),
    ])
  func sizes(_ model: String, message: String) {
    #expect(mistakes(in: "model: \(model)\ndata: x") == ["run.yaml:\(message)"])
  }

  @Test("an automatic vocabulary is the tokenizer's; a fixed one must hold it")
  func vocabulary() throws {
    let open = try run()
    #expect(open.vocabularySize == nil)
    #expect(try open.withVocabulary(65).model.vocabularySize == 65)
    let fixed = try run(overrides: ["model.vocab_size=70"])
    #expect(try fixed.withVocabulary(65) == fixed)
    let error = #expect(throws: ConfigurationErrors.self) { try fixed.withVocabulary(71) }
    #expect(
      error?.description
        == "model.vocab_size '70' is smaller than the tokenizer's vocabulary of 71 tokens; use 71 or more, or auto")
  }
}
