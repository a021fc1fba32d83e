package import Quantities

/// What a training framework holds in memory where it differs from the program's own choice: facts of its source, never of a run.
package struct FrameworkFacts: Hashable, Sendable {
  package var name: String
  /// Storage of gradients in 16-bit runs.
  package var gradient: ScalarType
  /// Whether gradients have memory that nothing else gets, as long as the run lives: one buffer, or a stream's own pool.
  package var gradientsStay: Bool
  /// Whether shards of parameters are fp32 only, and 16-bit copies appear when they are gathered.
  package var storesMastersOnly: Bool
  /// Whether each dropped value of the residual stream leaves one byte for the backward pass; the program draws masks again.
  package var keepsMasks: Bool
  /// Whether selective recomputation keeps the attention core's output; the program computes it again.
  package var keepsAttended: Bool
  package var selective: SelectivePolicy
  /// Bytes that each gradient has in the storage of parameters, beside `gradient`: buckets that are summed over ranks.
  package var bucketBytes: Int
  /// Whether the gate's activation is kept beside its input and its product with the other half.
  package var keepsGate: Bool
  /// Bytes of every logit at the peak, the 16-bit logit included: fp32 copies of the loss.
  package var bytesPerLogit: Int
  /// The vocabulary is padded to a multiple of this, times the tensor-parallel ranks.
  package var vocabularyMultiple: Int
  /// Bytes of what its logs, and papers that quote them, call a GB.
  package var printedGigabyte: Double
  package var source: String

  /// What `selective` means.
  package enum SelectivePolicy: String, Hashable, Sendable, Codable {
    /// The attention core is computed again: Korthikanti et al. 2022.
    case attentionCore
    /// Every block is computed again but for its fused attention and every second matrix product: torchtitan's `op` policy.
    case everySecondProduct
  }
}

extension FrameworkFacts {
  /// Megatron-LM and what is built on it.
  package static let megatron = FrameworkFacts(
    name: "Megatron-LM", gradient: .float32, gradientsStay: true, storesMastersOnly: false, keepsMasks: true,
    keepsAttended: true, selective: .attentionCore, bucketBytes: 0, keepsGate: false, bytesPerLogit: 6,
    vocabularyMultiple: 128,
    printedGigabyte: 0x1p30,
    source: """
      Megatron-LM: training/theoretical_memory_usage.py (18 bytes a parameter, 6 + 12 / n with the distributed optimizer); \
      core/distributed/param_and_grad_buffer.py (one fp32 gradient buffer); core/tensor_parallel/cross_entropy.py (an fp32 \
      softmax beside 16-bit logits); training/tokenizer (vocabulary padded to 128 times the tensor-parallel ranks)
      """)

  /// Megatron-LM's activations as its authors count them, without what the loss adds.
  package static let korthikanti = {
    var facts = megatron
    (facts.bytesPerLogit, facts.source) = (2, "Korthikanti et al. 2022, arXiv:2205.05198, §4 and table 2")
    return facts
  }()

  /// DeepSpeed with the paper's 16-bit gradients.
  package static let zeroPaper = FrameworkFacts(
    name: "ZeRO", gradient: .float16, gradientsStay: true, storesMastersOnly: false, keepsMasks: true,
    keepsAttended: true, selective: .attentionCore, bucketBytes: 0, keepsGate: false, bytesPerLogit: 6,
    vocabularyMultiple: 1, printedGigabyte: 0x1p30,
    source: "Rajbhandari et al. 2020, arXiv:1910.02054, §3.1: 2 + 2 + 12 bytes a parameter")

  /// DeepSpeed as its own estimator counts.
  package static let deepSpeed = {
    var facts = zeroPaper
    (facts.name, facts.gradient) = ("DeepSpeed", .float32)
    facts.source = "DeepSpeed: runtime/zero/stage3.py, estimate_zero3_model_states_mem_needs: 18 bytes a parameter"
    return facts
  }()

  /// PyTorch FSDP, version 2, as torchtitan runs it.
  package static let fsdp = FrameworkFacts(
    name: "PyTorch FSDP", gradient: .float32, gradientsStay: true, storesMastersOnly: true, keepsMasks: true,
    keepsAttended: true, selective: .everySecondProduct, bucketBytes: 0, keepsGate: true, bytesPerLogit: 12,
    vocabularyMultiple: 1, printedGigabyte: 0x1p30,
    source: """
      PyTorch: torch/distributed/fsdp/_fully_shard (fp32 shards, gathered as bf16; gradients are reduced in fp32 on a stream of \
      their own, and the caching allocator gives a stream's memory to no other); torchtitan: components/loss.py (fp32 \
      cross-entropy: softmax, its gradient and the logits' gradient live together)
      """)

  /// Hugging Face's nanotron.
  package static let nanotron = FrameworkFacts(
    name: "nanotron", gradient: .float32, gradientsStay: true, storesMastersOnly: false, keepsMasks: false,
    keepsAttended: true, selective: .attentionCore, bucketBytes: 2, keepsGate: true, bytesPerLogit: 12,
    vocabularyMultiple: 1, printedGigabyte: 0x1p30,
    source: """
      nanotron: optim/gradient_accumulator.py (contiguous fp32 gradients; a hook adds the 16-bit buckets of PyTorch's DDP to them); \
      parallel/tensor_parallel/functional.py (16-bit logits, their fp32 copy, an fp32 softmax, a 16-bit gradient)
      """)
}

extension FrameworkFacts {
  /// The facts of a framework by the name that sources print.
  ///
  /// - Returns: nil for a framework of which nothing is known.
  package static func named(_ text: String) -> FrameworkFacts? {
    let name = text.lowercased()
    if name.contains("zero-bubble") || name.contains("megatron") || name.contains("nemo") { return megatron }
    if name.contains("deepspeed zero") { return zeroPaper }
    if name.contains("deepspeed") { return deepSpeed }
    if name.contains("nanotron") { return nanotron }
    if ["fsdp", "torchtitan", "composer"].contains(where: name.contains) { return fsdp }
    return nil
  }
}
