import Configuration
import Model
import Program
import Quantities
import Testing
import Training

@Suite struct PrecisionTests {
  @Test(
    "gradients are fp32 beside 16-bit parameters, unless told otherwise",
    arguments: [
      ("precision: fp32", PrecisionPlan(.float32)), ("precision: fp64", .init(.float64, gradient: .float64)),
      ("precision: bf16", .init(.bfloat16, gradient: .float32)),
      ("precision: bf16\ncommunication_data_type: bf16", .init(.bfloat16, gradient: .bfloat16)),
      ("precision: fp16", .init(.float16, gradient: .float32, lossScaling: LossScaling())),
      (
        "precision: FP16\nfp16: {loss_scale: 128}\ngradient_precision: fp16",
        .init(.float16, gradient: .float16, lossScaling: LossScaling(initialScale: 128, isStatic: true))
      ),
      (
        "precision: fp16\nfp16: {initial_scale_power: 4, loss_scale_window: 5, hysteresis: 1, min_loss_scale: 0.5, "
          + "backoff_factor: 0.25, growth_factor: 4}",
        .init(
          .float16,
          lossScaling: LossScaling(
            initialScale: 16, window: 5, hysteresis: 1, backoff: 0.25, growth: 4, minimum: 0.5))
      ),
    ])
  func plans(_ text: String, plan: PrecisionPlan) throws {
    #expect(try run(text).precision == plan)
  }

  @Test(
    "numbers that do not fit are refused",
    arguments: [
      (
        "gradient_precision: bf16",
        "3:21: gradient_precision 'bf16' does not fit precision fp32; use fp32, or remove it"
      ),
      (
        "precision: fp16\ngradient_precision: bf16",
        "4:21: gradient_precision 'bf16' does not fit precision fp16; use fp32 or fp16, or remove it"
      ),
      (
        "precision: bf16\nfp16: {loss_scale: 2}",
        "4:20: fp16.loss_scale is not used by precision bf16; remove it, or use precision fp16"
      ),
      (
        "precision: fp16\nfp16: {loss_scale: 8, hysteresis: 3}",
        "4:35: fp16.hysteresis is not used by the fixed fp16.loss_scale 8.0; remove it, or set fp16.loss_scale to 0"
      ),
      (
        "precision: fp16\nfp16: {initial_scale_power: 2, min_loss_scale: 8}",
        "4:48: fp16.min_loss_scale '8.0' is above the first scale of 4.0; use a smaller min_loss_scale"
      ),
      ("precision: fp16\nfp16: {backoff_factor: 1}", "4:24: fp16.backoff_factor '1' is not a number above 0, below 1"),
      ("precision: fp16\nfp16: {growth_factor: 1}", "4:23: fp16.growth_factor '1' is not a number > 1"),
      ("fp16: {enabled: true}", "3:8: fp16.enabled is no known key; write 'precision: fp16'"),
      ("bf16: {enabled: true}", "3:1: bf16 is no known key; write 'precision: bf16'"),
      (
        "precision: bf16\ncommunication: {all_reduce: mpi}",
        "4:29: communication.all_reduce 'mpi' does not fit precision bf16: MPI has no 16-bit floating point; "
          + "use ring, recursive, tree or auto"
      ),
    ])
  func refused(_ text: String, message: String) {
    let found = mistakes(with: text)
    #expect(found == ["run.yaml:\(message)"])
  }

  @Test(
    "what ranks share and what is computed again",
    arguments: [
      ("{}", ZeROPlan(), "{}", Recomputation.none),
      ("{stage: 2}", .init(stage: 2), "{mode: selective}", .selective),
      ("{stage: 3, profile: deepspeed}", .init(stage: 3, profile: .deepspeed), "{mode: full}", .full(every: 1)),
      (
        "{offload_optimizer: {device: cpu}}", .init(offloadsOptimizer: true), "{mode: full, every: 2}",
        .full(every: 2)
      ),
    ])
  func sharing(_ zero: String, plan: ZeROPlan, again: String, recomputation: Recomputation) throws {
    let configuration = try run("zero_optimization: \(zero)\nactivation_checkpointing: \(again)")
    #expect(configuration.zero == plan && configuration.recomputation == recomputation)
  }

  @Test(
    "settings without effect, and settings of the past, are refused",
    arguments: [
      (
        "zero_optimization: {profile: paper}",
        "3:30: zero_optimization.profile is not used by zero_optimization.stage 0; remove it, or use stage 1, 2 or 3"
      ),
      (
        "activation_checkpointing: {mode: selective, every: 2}",
        "3:52: activation_checkpointing.every is not used by activation_checkpointing.mode selective; "
          + "remove it, or use activation_checkpointing.mode full"
      ),
      (
        "communication: {reduce_bucket_size: 25 MiB}",
        "3:17: communication.reduce_bucket_size is no known key; remove it: the gradients of a layer are one bucket"
      ),
      (
        "parallelism: {data_parallel_replicate_degree: 2}",
        "3:15: parallelism.data_parallel_replicate_degree is no known key; set parallelism.dp to all data-parallel "
          + "ranks, and parallelism.dp_shard to those of one set of shards"
      ),
    ])
  func withoutEffect(_ text: String, message: String) {
    let found = mistakes(with: text)
    #expect(found == ["run.yaml:\(message)"])
  }

  @Test("the schedule of sums can be chosen by size")
  func automatic() throws {
    #expect(try run("communication: {all_reduce: auto}").communication.allReduce == .automatic)
  }
}
