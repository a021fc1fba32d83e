import ArgumentParser
import Cluster
import Configuration
import GPUModel
import Model
import Planning
import Quantities
import Training

struct InferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference",
    abstract: "Predict memory, latency and throughput of a model that generates text on a GPU.",
    discussion: """
      Runs the program that generates text on shapes alone: prompts of one length, all at once, then a token for each \
      sequence at the full context. Takes a run, or a model's file: a config.json of Hugging Face, or one of configs/models. \
      Generation has a GPU to itself: a layout that cuts the model is refused.

      orrery inference configs/models/gpt2.json --gpu A100 --prompt 512 precision=bf16
      orrery inference llama-2-7b/config.json --gpu H100-SXM --batch 1,8,64 --context 2048 --prompt 1024 precision=bf16
      """)

  @Argument(help: "The run's YAML file, or a model's.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var config: String

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @Option(help: "The GPU; orrery gpus lists them.") var gpu: String

  @Option(
    help: ArgumentHelp(
      "Sequences that generate together, several with commas; by default powers of two up to the most that fit.",
      valueName: "counts"))
  var batch: String?

  @Option(
    parsing: .unconditional,
    help: "Tokens of a sequence in the end; by default as many as the model has positions.")
  var context: Int?

  @Option(parsing: .unconditional, help: "Tokens of a prompt; by default half of the context.") var prompt: Int?
  @Option(parsing: .unconditional, help: "Tokens of a block of the key-value cache.")
  var block = SequenceRequest.usualBlock

  @Option(
    parsing: .unconditional,
    help: "Share of the GPU's memory that weights, caches and activations may take, as servers set it.")
  var memoryShare = 0.9

  @Option(
    help: ArgumentHelp(
      "How operations become kernels: compiled (neighbours merge, the host replays a graph, as servers do), fused or eager.",
      valueName: "lowering"))
  var lowering = Lowering.Fusion.compiled

  @Option(help: "flash (keys in parts where a sequence has one new token) or unfused (scores pass through memory).")
  var attention = Lowering.AttentionChoice.flash

  @OptionGroup var knowledge: GPUKnowledge

  @Flag(help: "fp32 matrix products go through tensor cores, rounded to TF32.") var tf32 = false

  @Option(
    help: ArgumentHelp("What the host takes to issue one operation, such as \"6 us\".", valueName: "time"))
  var hostIssue = "6 us"

  @Flag(
    help: "Print JSON, as docs/estimate-json.md describes it; figures are in seconds, bytes, FLOPs and shares of one.")
  var json = false

  func validate() throws {
    _ = try (knowledge.gpu(named: gpu), batches(), issue())
    for (option, value) in [("--context", context), ("--prompt", prompt), ("--block", block)] {
      if let value, value < 1 { throw ValidationError("\(option) \(value): there is one token at least.") }
    }
    guard memoryShare > 0, memoryShare <= 1 else {
      throw ValidationError("--memory-share \(memoryShare): a share is above 0 and at most 1, such as 0.9.")
    }
    guard attention != .recomputed else {
      throw ValidationError(
        "--attention recomputed: only a backward pass computes scores anew; choose flash or unfused.")
    }
  }

  func run() throws {
    try TypedKeys(overrides).refuseSimulation(by: "inference", doing: "generates")
    let run = try RunFile(config, overrides: overrides, batch: nil, sequence: nil).configuration
    try requireWhole(run.mesh)
    do {
      let lengths = try SequenceRequest(
        context: context, prompt: prompt, block: block, positions: run.model.architecture.positionCount)
      let model = try model(run)
      let shape = try model.serving(prompt: lengths.prompt, context: lengths.context)
      let batches = try batches() ?? Self.batches(upTo: model.largestBatch(shape))
      let estimates = try batches.map { try model.estimate(shape, batch: $0) }
      try StandardOutput.print(
        json
          ? jsonText(InferenceRecord(model, shape, estimates, lowering, attention))
          : InferenceReport(model, shape, estimates, "\(lowering.rawValue) kernels, \(attention.rawValue) attention")
            .text)
    } catch let error as EstimateError {
      throw Failure(code: .usage, text: error.description).error
    }
  }

  private func model(_ run: RunConfiguration) throws -> InferenceModel {
    let gpu = try knowledge.gpu(named: gpu)
    let habits = Lowering(lowering, attention: attention, allowsTF32: tf32)
    do {
      return try InferenceModel(
        run.model.architecture, run.precision.type, on: gpu, habits, try knowledge.constants(), issue: try issue(),
        block: block, memoryShare: memoryShare)
    } catch let error as GPUError {
      let ways = waysOut(gpu, MathPrecision(run.precision.type) ?? .fp32).joined(separator: ", or ")
      throw Failure(code: .data, text: "\(error); \(ways)").error
    }
  }

  private func batches() throws -> [Int]? {
    guard let batch else { return nil }
    return try batch.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let count = Int(text), (1...1_000_000).contains(count) else {
        throw ValidationError("--batch '\(batch)': write counts from 1 to 1,000,000 like 1,8,64.")
      }
      return count
    }
  }

  /// One sequence at least: where even that does not fit, the report says so.
  private static func batches(upTo most: Int) -> [Int] {
    let powers = (0..<20).map { 1 << $0 }.filter { $0 < most }
    return powers + [max(1, most)]
  }

  private func issue() throws -> HostIssue {
    do { return HostIssue(secondsPerOperation: try SimDuration(parsing: hostIssue).seconds) } catch {
      throw ValidationError("--host-issue \(error)")
    }
  }
}
