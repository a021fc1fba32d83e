import Configuration
import Testing

@Suite struct ConfigurationErrorTests {
  @Test(
    "a wrong value is named with place, key, value, reason and a way out",
    arguments: [
      ("optimizer: {lr: -1}", "3:17: optimizer.lr '-1' is not a number ≥ 0"),
      ("optimizer: {lr: .nan}", "3:17: optimizer.lr '.nan' is not finite; give a number ≥ 0"),
      ("optimizer: {lr: inf}", "3:17: optimizer.lr 'inf' is not finite; give a number ≥ 0"),
      ("optimizer: {lr: 1e999}", "3:17: optimizer.lr '1e999' is not finite; give a number ≥ 0"),
      ("optimizer: {lr: fast}", "3:17: optimizer.lr 'fast' is not a number ≥ 0"),
      ("optimizer: {lr: \"1e-3\"}", "3:17: optimizer.lr '1e-3' is quoted text, not a number ≥ 0; remove the quotes"),
      ("optimizer:\n  lr:", "4:6: optimizer.lr is empty; give a number ≥ 0, or remove the key"),
      ("optimizer: {lr: [1, 2]}", "3:17: optimizer.lr is a list, not a number ≥ 0"),
      ("optimizer: 3", "3:12: optimizer '3' is a section of keys, not a value"),
      ("optimizer: {betas: [0.9]}", "3:20: optimizer.betas has 1 values, not 2"),
      ("optimizer: {betas: [0.9, 1]}", "3:20: optimizer.betas '1' is not a number from 0 to below 1"),
      (
        "optimizer: {type: adma}",
        "3:19: optimizer.type 'adma' is unknown; did you mean 'adam'? "
          + "One of sgd, momentum, adagrad, rmsprop, adam, adamw"
      ),
      ("training: {steps: 0}", "3:19: training.steps '0' is not an integer ≥ 1"),
      ("training: {steps: 1.5}", "3:19: training.steps '1.5' is not an integer ≥ 1"),
      ("training: {steps: 3000000000}", "3:19: training.steps '3000000000' is larger than 2147483647"),
      (
        "training: {steps: 99999999999999999999}",
        "3:19: training.steps '99999999999999999999' is larger than 2147483647"
      ),
      ("micro_batch_size: 0", "3:19: micro_batch_size '0' is not an integer ≥ 1"),
      ("precision: fp8", "3:12: precision 'fp8' is unknown; one of fp32, fp64, bf16, fp16"),
      (
        "collective_timeout: 600",
        "3:21: collective_timeout '600' has no unit; write it like '600 s' (units: ms, s, min)"
      ),
      (
        "collective_timeout: 2 h",
        "3:21: collective_timeout '2 h' has an unknown unit 'h'; write it like '600 s' (units: ms, s, min)"
      ),
      ("collective_timeout: -1 s", "3:21: collective_timeout '-1 s' is not a time above 0"),
      (
        "sequence_length: 17",
        "3:18: sequence_length '17' is longer than the model's 16 positions; "
          + "use at most 16, or a model with a larger n_positions"
      ),
      (
        "parallelism: {order: tp-pp}",
        "3:22: parallelism.order 'tp-pp' does not name every axis once; as in 'tp-cp-ep-dp-pp'"
      ),
      ("generation: {prompt: {ROMEO: }}", "3:22: generation.prompt is a mapping, not text; quote text with ': '"),
    ])
  func values(_ text: String, message: String) {
    #expect(mistakes(with: text) == ["run.yaml:\(message)"])
  }
}
