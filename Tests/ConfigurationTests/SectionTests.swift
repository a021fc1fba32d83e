import Collectives
import Configuration
import Program
import Quantities
import Testing
import Training

@Suite struct SectionTests {
  @Test(
    "an optimizer has PyTorch's defaults and takes its own keys",
    arguments: [
      ("{type: sgd}", OptimizerRule.sgd(weightDecay: 0)), ("{}", .adamw()),
      (
        "{type: AdamW, betas: [0.9, 0.95], eps: 1e-7, weight_decay: 0}",
        .adamw(beta1: 0.9, beta2: 0.95, epsilon: 1e-7, weightDecay: 0)
      ),
      ("{type: adam}", .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0)),
      (
        "{type: momentum, momentum: 0.8, nesterov: true}",
        .momentum(momentum: 0.8, dampening: 0, nesterov: true, weightDecay: 0)
      ),
      ("{type: adagrad, weight_decay: 0.1}", .adagrad(epsilon: 1e-10, weightDecay: 0.1)),
      (
        "{type: rmsprop, alpha: 0.9, momentum: 0.5}", .rmsprop(alpha: 0.9, epsilon: 1e-8, momentum: 0.5, weightDecay: 0)
      ),
    ])
  func optimizers(_ text: String, rule: OptimizerRule) throws {
    #expect(try run("optimizer: \(text)").optimizer == rule)
  }

  @Test(
    "a schedule takes its own keys, and decays until the run's end where nothing else is said",
    arguments: [
      ("{}", LearningRateSchedule.Shape.constant, 0.0), ("{type: cosine}", .cosine(end: 1000), 0),
      ("{type: cosine, decay_steps: 50, min_lr: 1e-4}", .cosine(end: 50), 1e-4),
      ("{lr_decay_style: linear}", .linear(end: 1000), 0),
      ("{type: step, step_size: 5}", .step(size: 5, gamma: 0.1), 0),
      ("{type: multistep, milestones: [20, 30], gamma: 0.5}", .multiStep(milestones: [20, 30], gamma: 0.5), 0),
      ("{type: exponential, gamma: 0.5, min_lr: 1e-5}", .exponential(gamma: 0.5), 1e-5),
      ("{type: WSD}", .wsd(decayStart: 900, end: 1000), 0),
      ("{type: wsd, decay_ratio: 0.25, decay_steps: 40}", .wsd(decayStart: 30, end: 40), 0),
    ])
  func schedules(_ text: String, shape: LearningRateSchedule.Shape, minimum: Double) throws {
    let configuration = try run("lr_scheduler: \(text)", overrides: ["lr_scheduler.warmup_steps=10"])
    #expect(
      configuration.schedule == LearningRateSchedule(peak: 1e-3, minimum: minimum, warmupSteps: 10, shape: shape))
  }

  @Test(
    "a schedule that cannot be followed is refused",
    arguments: [
      (
        "{type: cosine, warmup_steps: 1000}",
        ":3:44: lr_scheduler.warmup_steps '1000' leaves nothing to decay: warm-up ends at step 1000, decay at step 1000; "
          + "use a warmup_steps below 1000, or more decay_steps"
      ),
      ("{type: linear, min_lr: 1}", ":3:38: lr_scheduler.min_lr '1' is above optimizer.lr 0.001; use at most 0.001"),
      ("{type: step}", ": lr_scheduler.step_size is missing; lr_scheduler.type step needs it"),
      ("{type: exponential}", ": lr_scheduler.gamma is missing; lr_scheduler.type exponential needs it"),
      (
        "{type: multistep, milestones: [3, 3]}",
        ":3:45: lr_scheduler.milestones '[3, 3]' are not rising steps after warm-up (step 0)"
      ),
      (
        "{type: wsd, decay_ratio: 0.9, warmup_steps: 200}",
        ":3:40: lr_scheduler.decay_ratio '0.9' overlaps warm-up: decay starts at step 100, warm-up ends at step 200; "
          + "use a smaller decay_ratio"
      ),
      (
        "{type: step, step_size: 4, milestones: [1]}",
        ":3:54: lr_scheduler.milestones is not used by lr_scheduler.type step; "
          + "remove it, or use lr_scheduler.type multistep"
      ),
    ])
  func schedulesRefused(_ text: String, message: String) {
    let messages = mistakes(with: "lr_scheduler: \(text)")
    #expect(messages == ["run.yaml\(message)"])
  }

  @Test("data is text or prepared, not both, and text's keys belong to text")
  func data() throws {
    let model = "model: {n_layer: 1, n_embd: 8, n_head: 2}\n"
    func source(_ data: String) throws -> DataSettings.Source {
      try RunConfiguration.parse(model + "data: \(data)", file: "a").data.source
    }
    #expect(try source("a.txt") == .text(paths: ["a.txt"], .characters, validationFraction: 0.1))
    #expect(
      try source("{path: [a, b], tokenizer: bytes, validation_fraction: 0}")
        == .text(paths: ["a", "b"], .bytes, validationFraction: 0))
    #expect(try source("{prepared: out}") == .prepared(folder: "out"))
    #expect(
      mistakes(in: model + "data: {prepared: a, path: b}") == [
        "run.yaml:2:18: data.prepared and data.path are both given; keep one of them"
      ])
    #expect(
      mistakes(in: model + "data: {prepared: a, tokenizer: bytes}") == [
        "run.yaml:2:32: data.tokenizer is not used with data.prepared; remove one of them"
      ])
  }

  @Test("everything else has the default that the reference states")
  func defaults() throws {
    let configuration = try run()
    #expect(configuration.communication.allReduce == .schedule(.ring))
    #expect(configuration.communication.timeout == 600)
    #expect(configuration.checkpoint.folder == nil && configuration.metrics.file == nil)
    #expect(configuration.precision == PrecisionPlan(.float32) && configuration.sequenceLength == 16)
    #expect(configuration.gradientClipping == 1 && configuration.generation.tokens == 0)
  }

  @Test("units are read as written", arguments: [("1500 ms", 1.5), ("2 min", 120), ("0.5s", 0.5), ("1e2 s", 100)])
  func units(_ text: String, seconds: Double) throws {
    #expect(try run("collective_timeout: \(text)").communication.timeout == seconds)
  }

  @Test("keys without effect are refused")
  func withoutEffect() {
    #expect(
      mistakes(with: "checkpoint: {interval: 5}\noptimizer: {type: momentum, momentum: 0, nesterov: true}") == [
        "run.yaml:3:24: checkpoint.interval has no effect without checkpoint.folder; give a folder, or remove it",
        "run.yaml:4:52: optimizer.nesterov needs a momentum above 0 and no dampening; set nesterov to false",
      ])
  }
}
