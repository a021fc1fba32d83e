import ArgumentParser
import Cluster
import Configuration
import GPUModel
import Program
import Quantities

struct RooflineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roofline",
    abstract: "Predict the time of every kernel of a training step on a GPU, and say what limits each.",
    discussion: """
      Runs one step of one rank on shapes alone, turns its operations into kernels as a framework would, and times them. \
      Communication takes no time here. Instead of a run, a model's file will do: a config.json of Hugging Face, or one of \
      configs/models; then --batch and --sequence say the rest.

      orrery roofline configs/runs/llama-3d.yaml --gpu H100
      orrery roofline configs/models/gpt2.json --batch 8 --gpu A100 --lowering eager --svg gpt2.svg precision=bf16
      """)

  @Argument(help: "The run's YAML file, or a model's.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var config: String

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @Option(help: "The GPU; orrery gpus lists them.") var gpu: String

  @Option(
    help: ArgumentHelp(
      "How operations become kernels: eager (PyTorch's, its optimizer over lists of tensors), fused (one kernel for each "
        + "operation), compiled (neighbours merge, the host issues only the optimizer).", valueName: "lowering"))
  var lowering = Lowering.Fusion.fused

  @Option(help: "flash (one kernel), unfused (scores pass through memory) or recomputed (backward, scores anew).")
  var attention = Lowering.AttentionChoice.flash

  @OptionGroup var knowledge: GPUKnowledge

  @Flag(help: "fp32 matrix products go through tensor cores, rounded to TF32.") var tf32 = false
  @Option(parsing: .unconditional, help: "The rank of the layout whose step it is.") var rank = 0

  @Option(
    help: ArgumentHelp("What the host takes to issue one operation, such as \"6 us\".", valueName: "time"))
  var hostIssue = "6 us"

  @Option(parsing: .unconditional, help: "Kernels to list.") var top = 20
  @Option(parsing: .unconditional, help: "Of a model's file: sequences of the step. (default: 1)") var batch: Int?
  @Option(
    parsing: .unconditional,
    help: "Of a model's file: tokens of a sequence; by default as many as the model has positions.")
  var sequence: Int?
  @Flag(help: "Print JSON, with all kernels; figures are in seconds, bytes and FLOPs.") var json = false

  @Option(
    help: ArgumentHelp("Draw the GPU's roofline, with all kernels in it, into this file.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    let gpu = try knowledge.gpu(named: gpu)
    guard top > 0 else { throw ValidationError("--top \(top): list one kernel at least.") }
    guard rank >= 0 else { throw ValidationError("--rank \(rank): ranks count from 0.") }
    for (option, value) in [("--batch", batch), ("--sequence", sequence)] {
      if let value, value < 1 { throw ValidationError("\(option) \(value): a step has one at least.") }
    }
    _ = try HostIssue(argument: hostIssue)
    if batch != nil || sequence != nil, !RunFile.isModel(config) {
      throw ValidationError(
        "--batch and --sequence are of a model's file; \(config) is a run, which says both itself: add "
          + "micro_batch_size=… or sequence_length=… to the command line.")
    }
    // What the run multiplies in is known only when its file has been read.
    do { if attention == .flash { try gpu.requireFlashAttention(.fp16) } } catch {
      throw ValidationError("--attention flash: \(error); choose --attention unfused.")
    }
  }

  func run() throws {
    let gpu = try knowledge.gpu(named: gpu)
    try TypedKeys(overrides).refuseSimulation(by: "a roofline", doing: "computes")
    let run = try RunFile(config, overrides: overrides, batch: batch, sequence: sequence).configuration
    let step = try ShapesOnlyStep(run, rank: rank)
    let issue = try HostIssue(argument: hostIssue)
    let estimate = try StepEstimate(step, on: gpu, habits, issue, knowledge.constants())
    if let svg { try ScheduleFile(svg).write(StepRoofline(estimate).svg) }
    try StandardOutput.print(json ? jsonText(StepRecord(estimate)) : StepReport(estimate, top: top).text)
  }

  private var habits: Lowering {
    Lowering(
      lowering, attention: attention, optimizer: lowering == .eager ? .foreach : .fused, allowsTF32: tf32)
  }
}

extension Lowering.Fusion: ExpressibleByArgument {}
extension Lowering.AttentionChoice: ExpressibleByArgument {}

extension HostIssue {
  /// Reads `6 us`, `0.006 ms`.
  fileprivate init(argument text: String) throws {
    let units = ["us": 1e-6, "ms": 1e-3]
    let compact = text.filter { $0 != " " }
    let unit = units.first { compact.lowercased().hasSuffix($0.key) }
    guard let unit, let number = Double(compact.dropLast(2)), number >= 0, number.isFinite else {
      throw ValidationError("--host-issue '\(text)' is no time; write it like '6 us'.")
    }
    self.init(secondsPerOperation: number * unit.value)
  }
}
