/// What a file calls the tensors of one block. Hugging Face's names of GPT-2 and LLaMA.
package struct BlockNames: Sendable {
  let block, firstNorm, secondNorm: String
  /// Queries, keys and values: one packed matrix, or three.
  let queriesKeysValues: [String]
  let projection: String
  let expansion: [String]
  let contraction: String
  /// Whether matrices are stored [outputs, inputs].
  let areTransposed: Bool

  init(_ naming: Architecture.Naming, layer: Int) {
    switch naming {
    case .gpt2: self.init(gpt2: "transformer.h.\(layer)")
    case .llama: self.init(llama: "model.layers.\(layer)")
    }
  }

  private init(gpt2 block: String) {
    (self.block, firstNorm, secondNorm) = (block, "\(block).ln_1", "\(block).ln_2")
    (queriesKeysValues, projection) = (["\(block).attn.c_attn"], "\(block).attn.c_proj")
    (expansion, contraction) = (["\(block).mlp.c_fc"], "\(block).mlp.c_proj")
    areTransposed = false
  }

  private init(llama block: String) {
    self.block = block
    (firstNorm, secondNorm) = ("\(block).input_layernorm", "\(block).post_attention_layernorm")
    queriesKeysValues = ["q", "k", "v"].map { "\(block).self_attn.\($0)_proj" }
    projection = "\(block).self_attn.o_proj"
    expansion = ["gate", "up"].map { "\(block).mlp.\($0)_proj" }
    contraction = "\(block).mlp.down_proj"
    areTransposed = true
  }
}

extension Architecture.Naming {
  var tokens: String { self == .gpt2 ? "transformer.wte.weight" : "model.embed_tokens.weight" }
  var positions: String { "transformer.wpe.weight" }
  var lastNorm: String { self == .gpt2 ? "transformer.ln_f" : "model.norm" }
  var output: String { "lm_head.weight" }
}
