import GPUModel

extension FrameworkHabits {
  /// Megatron-LM before its distributed optimizer (2022): gradients are summed when the last of them is there.
  package static let earlyMegatron = {
    var habits = FrameworkHabits(
      name: "Megatron-LM before 2023", fusion: .fused,
      source: """
        Megatron-LM: model/distributed.py (local DDP: one all-reduce of the gradient buffer after the backward pass); Apex's \
        fused layer norm, bias + GELU, scale + mask + softmax, multi-tensor Adam; Narayanan et al. 2021, arXiv:2104.04473, §4.1 (scatter/gather)
        """)
    (habits.overlapsData, habits.scattersMessages) = (false, true)
    return habits
  }()

  /// Megatron-LM since 2023, Megatron Core, NeMo.
  package static let megatronCore = FrameworkHabits(
    name: "Megatron Core", fusion: .fused,
    source:
      "Megatron Core: core/distributed (overlap-grad-reduce, overlap-param-gather); Transformer Engine's fused kernels")

  /// Megatron-DeepSpeed as vTrain profiles it: a launch takes ten times a server's usual 6 us, and the host waits for the GPU every few
  /// launches.
  ///
  /// Both constants are fitted to half of `vtrain_single` in train_throughput.csv: a layer forward, again forward and backward takes
  /// 3.0 to 3.6 ms however small it is.
  package static let megatronDeepSpeed = {
    var habits = FrameworkHabits(
      name: "Megatron-DeepSpeed", fusion: .fused,
      source: "vTrain (MICRO 2024): config/validation (use_gradient_bucket false); its rows in train_throughput.csv")
    habits.issue.secondsPerOperation = 64e-6
    (habits.launchesAhead, habits.overlapsData) = (4, false)
    return habits
  }()

  /// PyTorch's fully sharded data parallelism in eager mode.
  package static let fsdp = FrameworkHabits(
    name: "PyTorch FSDP", fusion: .eager, optimizer: .foreach,
    source: "PyTorch: torch/distributed/fsdp (prefetch of the next unit's parameters); torch.optim.AdamW, foreach")

  /// PyTorch with torch.compile, JAX: a compiler fuses, and the host launches next to nothing.
  package static let compiled = FrameworkHabits(
    name: "compiled", fusion: .compiled, source: "PyTorch: torch/_inductor; JAX: XLA's latency-hiding scheduler")

  /// PyTorch's DistributedDataParallel with kernels of the model's authors.
  package static let fusedDDP = FrameworkHabits(
    name: "PyTorch DDP, fused kernels", fusion: .fused,
    source:
      "PyTorch: torch/nn/parallel/distributed.py (buckets reduce beside the backward pass); Dao et al. 2022, arXiv:2205.14135"
  )

  /// Hugging Face's models, InternEvo's, and others in plain PyTorch.
  package static let eager = FrameworkHabits(
    name: "PyTorch, eager", fusion: .eager, optimizer: .foreach,
    source: "dispatch traces of Hugging Face's GPT-2 and LLaMA (transformers 5.23, torch 2.13)")

  /// The habits of a framework by the name that sources print, and the year.
  ///
  /// - Parameter year: nil is today.
  package static func named(_ text: String, year: Int?) -> FrameworkHabits {
    var habits = usual(text.lowercased(), year ?? 9999)
    // FlashAttention-2 is of July 2023; trainers that published that year had not moved to it.
    habits.hasFirstFlashAttention = (year ?? 9999) <= 2023 && !habits.name.hasPrefix("Megatron")
    return habits
  }

  private static func usual(_ name: String, _ year: Int) -> FrameworkHabits {
    func has(_ words: String...) -> Bool { words.contains(where: name.contains) }
    if has("megatron-deepspeed") { return megatronDeepSpeed }
    if has("compile", "maxtext", "jax", "torchtitan") { return compiled }
    if has("fsdp", "composer", "deepspeed", "zero-") && !has("megatron") { return fsdp }
    if has("megatron", "nemo") { return year < 2023 ? earlyMegatron : megatronCore }
    return has("fused") ? fusedDDP : eager
  }
}
