import Configuration
import Foundation
import Testing

@Suite struct StructureErrorTests {
  @Test(
    "a key that is not known is named with the one that was meant",
    arguments: [
      ("optimiser: {lr: 1}", "3:1: optimiser is no known key; did you mean 'optimizer'?"),
      ("optimizer: {lrr: 1}", "3:13: optimizer.lrr is no known key; did you mean 'optimizer.lr'?"),
      ("lr: 1", "3:1: lr is no known key; did you mean 'optimizer.lr'?"),
      ("weight_deacy: 1", "3:1: weight_deacy is no known key; did you mean 'optimizer.weight_decay'?"),
      ("global_batchsize: 8", "3:1: global_batchsize is no known key; did you mean 'global_batch_size'?"),
      ("parallelism: {dpp: 2}", "3:15: parallelism.dpp is no known key; did you mean 'parallelism.dp'?"),
      ("c: 1", "3:1: c is no known key; 'orrery train --help-config' lists all keys"),
      ("frobnicate: 1", "3:1: frobnicate is no known key; 'orrery train --help-config' lists all keys"),
      ("? [a, b]\n: 1", "3:3: a key is a word; write 'key: value'"),
    ])
  func unknown(_ text: String, message: String) {
    #expect(mistakes(with: text) == ["run.yaml:\(message)"])
  }

  @Test(
    "a key that is given twice is refused, whatever its spellings",
    arguments: [
      ("seed: 1\nseed: 2", "3:1: seed is given twice in one mapping; keep one of them"),
      ("optimizer: {lr: 1}\noptimizer.lr: 2", "4:15: optimizer.lr is given twice; keep one of them"),
      (
        "micro_batch_size: 2\ntrain_micro_batch_size_per_gpu: 2",
        "4:33: train_micro_batch_size_per_gpu is another spelling of micro_batch_size, which is given too in line 3; "
          + "keep one of them"
      ),
    ])
  func twice(_ text: String, message: String) {
    #expect(mistakes(with: text) == ["run.yaml:\(message)"])
  }

  @Test(
    "a text that is no run says so, with its line where there is one",
    arguments: [
      ("", ": is empty; write 'key: value' lines"), ("# nothing\n", ": is empty; write 'key: value' lines"),
      ("- a\n", ":1:1: is not a mapping; write 'key: value' lines"),
      ("just words", ":1:1: is not a mapping; write 'key: value' lines"),
      (
        "model: [1",
        ":2:1: no valid YAML: while parsing a flow sequence: did not find expected ',' or ']'; "
          + "check indentation, quotes and brackets"
      ),
      (
        "model: gpt2\n\tdata: x",
        ":2:1: no valid YAML: while scanning a plain scalar: found a tab character that violates indentation; "
          + "check indentation, quotes and brackets"
      ),
      (
        "a: 1\n---\nb: 2",
        ":2:1: no valid YAML: expected a single document in the stream: but found another document; "
          + "check indentation, quotes and brackets"
      ),
      ("model: \u{1}", ": no valid YAML: control characters are not allowed; remove the character"),
    ])
  func noRun(_ text: String, message: String) {
    #expect(mistakes(in: text) == ["run.yaml\(message)"])
  }

  @Test("what a run cannot do without is asked for")
  func missing() {
    #expect(
      mistakes(in: "seed: 1") == [
        "run.yaml: model is missing; name a model of configs/models or a file, as in 'model: gpt2'",
        "run.yaml: data is missing; name text files or folders, as in 'data: {path: input.txt}'",
      ])
  }

  @Test("a file that is not there, is a folder or is no text is an error that names it")
  func files() throws {
    let folder = try Folder(["sub/a.yaml": "model: gpt2"])
    let hint = "configs/runs has runs to start from"
    #expect(folder.mistakes("b.yaml") == ["b.yaml: there is no such file; \(hint)"])
    #expect(folder.mistakes("sub") == ["sub: is a folder, not a file; \(hint)"])
    try Data([0xC3, 0x28]).write(to: URL(fileURLWithPath: folder.path + "/latin.yaml"))
    #expect(folder.mistakes("latin.yaml") == ["latin.yaml: is not UTF-8 text; \(hint)"])
  }

  @Test("a byte-order mark and Windows line ends do no harm")
  func windows() throws {
    let text = "\u{FEFF}" + smallest.split(separator: "\n").joined(separator: "\r\n") + "\r\nseed: 7\r\n"
    #expect(try RunConfiguration.parse(text, file: "run.yaml").seed == 7)
  }

  @Test("all mistakes of a file and of overrides are reported at once, in their order")
  func together() {
    let text = """
      model: {n_layer: 0, n_embd: 30, n_head: 4, embd_pdrop: 1.5}
      data: {path: [], tokenizr: bytes}
      parallelism: {dp: 2, cp: 2}
      optimizer: {lr: -1, type: sgd, betas: [0.9, 0.99]}
      zero_optimization: {stage: 4}
      micro_batch_size: 4
      global_batch_size: 32
      gradient_accumulation_steps: 3
      """
    #expect(
      mistakes(in: text, overrides: ["seed=-1", "stepps=3", "=1", "training.steps=[1"]) == [
        "run.yaml:1:18: model.n_layer '0' is not an integer ≥ 1",
        "run.yaml:1:56: model.embd_pdrop '1.5' is not a number from 0 to below 1",
        "run.yaml:2:14: data.path has 0 values, not one or more",
        "run.yaml:2:18: data.tokenizr is no known key; did you mean 'data.tokenizer'?",
        "run.yaml:3:26: parallelism.cp '2' is not supported yet: context parallelism works at 1 only; "
          + "remove it or set it to 1, and use dp, tp or pp",
        "run.yaml:4:17: optimizer.lr '-1' is not a number ≥ 0",
        "run.yaml:4:39: optimizer.betas is not used by optimizer.type sgd; remove it, or use optimizer.type adam, adamw",
        "run.yaml:5:28: zero_optimization.stage '4' is larger than 3",
        "run.yaml:7:20: global_batch_size '32' does not fit: "
          + "global_batch_size 32 ≠ micro_batch_size 4 × gradient_accumulation_steps 3 × dp 2 = 24; "
          + "set global_batch_size 24, or leave one of the three sizes out",
        "override stepps=3: stepps is no known key; did you mean 'training.steps'?",
        "override =1: is not of the form key.path=value; as in optimizer.lr=3e-4",
        "override training.steps=[1: no valid YAML: while parsing a flow sequence: did not find expected ',' or ']'; "
          + "check indentation, quotes and brackets",
        "override seed=-1: seed '-1' is not an integer ≥ 0",
      ])
  }

  @Test("an error carries its parts, not only a sentence")
  func parts() throws {
    let error = #expect(throws: ConfigurationErrors.self) { try run("optimizer:\n  lr: -1\n") }?.errors[0]
    #expect(error?.file == "run.yaml" && error?.line == 4 && error?.column == 7)
    #expect(error?.key == "optimizer.lr" && error?.value == "-1" && error?.reason == "is not a number ≥ 0")
    let override = #expect(throws: ConfigurationErrors.self) { try run(overrides: ["seed=x"]) }?.errors[0]
    #expect(override?.place == .override("seed=x") && override?.file == nil && override?.line == nil)
  }
}
