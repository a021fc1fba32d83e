import Measurements

/// What the notes of a row say about its run: a framework's own flags, and groups of shards.
struct RowFlags {
  private(set) var isGated = false
  private(set) var isUntied = false
  private(set) var hasBiases = true
  private(set) var isRotary = false
  private(set) var hasFusedAttention = true
  private(set) var dropsResidual = false
  private(set) var dropsAttention = false
  /// Whether matrix libraries must repeat to the bit, and whether layers are Transformer Engine's.
  private(set) var isDeterministic = false
  private(set) var usesTransformerEngine = false
  /// Micro-batches between two changes of chunks.
  private(set) var groupSize: Int?
  /// Sets of shards, where their number or their size is stated.
  private(set) var replicas = 1
  private(set) var shardGroup: Int?

  /// - Errors: a flag that changes the model or its memory in a way that is not modelled.
  init(_ row: MeasuredConfiguration) throws(RowPlan.Refusal) {
    let framework = row.framework.lowercased()
    let isMegatron = ["megatron", "nemo", "deepspeed"].contains(where: framework.contains)
    let isLlama = RowModel.isLlama(row)
    (dropsResidual, dropsAttention) = (isMegatron && !isLlama, isMegatron && !isLlama)
    hasFusedAttention = !Self.predatesFusedAttention(row)
    (isUntied, hasBiases) = (isLlama, !isLlama && !row.notes.contains("no bias"))
    shardGroup = Self.shardGroup(row)
    guard framework == "megatron-core ci" else { return }
    if row.model.contains("distill") { throw row.refusal("a teacher beside the trained model is not modelled") }
    usesTransformerEngine = true
    for flag in row.notes.split(separator: " ") where !Self.ignored(flag) { try take(String(flag), row) }
  }

  /// Sources whose authors had unfused attention: before FlashAttention, or built on a Megatron of that time.
  private static func predatesFusedAttention(_ row: MeasuredConfiguration) -> Bool {
    let framework = row.framework.lowercased()
    return row.group.hasPrefix("korthikanti") || framework.contains("zero-bubble")
      || framework.contains("megatron-deepspeed") || ["Megatron-LM", "DeepSpeed ZeRO"].contains(row.framework)
  }

  /// InternEvo's `zero1=8`; -1 is all ranks.
  private static func shardGroup(_ row: MeasuredConfiguration) -> Int? {
    guard let start = row.notes.firstRange(of: "zero1=") else { return nil }
    let digits = row.notes[start.upperBound...].prefix { $0.isNumber }
    return Int(digits)
  }

  /// Flags that change when something happens, not what is held.
  private static func ignored(_ flag: Substring) -> Bool {
    let exact: Set<Substring> = [
      "bf16", "fp16", "no-gradient-accumulation-fusion", "use-distributed-optimizer", "sequence-parallel",
      "overlap-grad-reduce", "overlap-param-gather", "overlap-p2p-communication-warmup-flush", "no-rope-fusion",
      "group-query-attention", "ckpt-assume-constant-structure", "overlap-param-gather-with-optimizer-step",
      "use-megatron-fsdp",
    ]
    let beginnings = [
      "max-position-embeddings=", "num-query-groups=", "vocab-size=", "recompute-", "num-layers-per-virtual-",
      "num-virtual-stages-", "expert-tensor-parallel-size=", "data-parallel-sharding-",
      "megatron-fsdp-", "attention-backend=flash", "transformer-impl=transformer_engine",
    ]
    return exact.contains(flag) || beginnings.contains(where: flag.hasPrefix)
  }

  private mutating func take(_ flag: String, _ row: MeasuredConfiguration) throws(RowPlan.Refusal) {
    let group = "microbatch-group-size-per-virtual-pipeline-stage="
    switch flag {
    case let text where text.hasPrefix(group): groupSize = Int(text.dropFirst(group.count))
    case "swiglu": isGated = true
    case "untie-embeddings-and-output-weights": isUntied = true
    case "disable-bias-linear": hasBiases = false
    case "position-embedding-type=rope": isRotary = true
    case "transformer-impl=local": (usesTransformerEngine, hasFusedAttention) = (false, false)
    case "attention-backend=unfused": hasFusedAttention = false
    case "hidden-dropout=0.0": dropsResidual = false
    case "attention-dropout=0.0": dropsAttention = false
    case "deterministic-mode": isDeterministic = true
    case "cross-entropy-loss-fusion":
      let reason = "how many fp32 copies a compiled loss makes is the compiler's choice"
      throw row.refusal("flag '\(flag)' is not modelled: \(reason)")
    case "num-distributed-optimizer-instances=2": replicas = 2
    default: throw row.refusal("flag '\(flag)' is not modelled")
    }
  }
}
