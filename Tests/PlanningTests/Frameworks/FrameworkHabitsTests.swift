import Cluster
import GPUModel
import Planning
import Testing

/// Which habits a framework has, by the names that sources print.
@Suite struct FrameworkHabitsTests {
  @Test(arguments: [
    ("Megatron-LM", 2021, FrameworkHabits.earlyMegatron), ("Megatron-LM", 2024, .megatronCore),
    ("Megatron-LM (zero-bubble fork)", 2023, .megatronCore), ("NeMo/Megatron-Core", 2024, .megatronCore),
    ("Megatron-DeepSpeed", 2024, .megatronDeepSpeed), ("MaxText (JAX)", 2024, .compiled),
    ("PyTorch FSDP + torch.compile", 2024, .compiled), ("NeMo AutoModel (PyTorch FSDP2)", 2026, .fsdp),
    ("DeepSpeed ZeRO-3", 2024, .fsdp), ("PyTorch DDP + FlashAttention fused kernels", 2024, .fusedDDP),
    ("InternEvo", 2024, .eager), ("something new", 2024, .eager),
  ])
  func `names mean frameworks, and Megatron's year counts`(name: String, year: Int, habits: FrameworkHabits) {
    #expect(FrameworkHabits.named(name, year: year) == habits)
  }

  @Test func `attention was slower before FlashAttention-2, on newer GPUs by more`() {
    let (old, new) = (FrameworkHabits.named("Composer", year: 2023), FrameworkHabits.named("Composer", year: 2024))
    #expect(new.attentionFactor(on: .ampere) == 1 && FrameworkHabits.named("Composer", year: nil) == new)
    #expect(old.attentionFactor(on: .ampere) > 1)
    #expect(old.attentionFactor(on: .hopper) > old.attentionFactor(on: .ampere))
    #expect(FrameworkHabits.named("Megatron-LM", year: 2023).attentionFactor(on: .ampere) == 1)
  }

  @Test func `attention is the run's, fusion the framework's`() {
    let habits = FrameworkHabits.named("NeMo", year: 2024)
    #expect(habits.lowering(hasFusedAttention: true) == Lowering(.fused, attention: .flash))
    #expect(habits.lowering(hasFusedAttention: false) == Lowering(.fused, attention: .unfused))
    #expect(FrameworkHabits.fsdp.lowering(hasFusedAttention: true).optimizer == .foreach)
  }

  @Test func `only a host that profiles waits for the GPU`() {
    let all = [FrameworkHabits.earlyMegatron, .megatronCore, .megatronDeepSpeed, .fsdp, .compiled, .fusedDDP, .eager]
    #expect(all.filter { $0.launchesAhead != nil } == [.megatronDeepSpeed])
    #expect(all.filter { !$0.overlapsData } == [.earlyMegatron, .megatronDeepSpeed])
  }
}
