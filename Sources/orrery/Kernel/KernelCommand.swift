import ArgumentParser
import Cluster
import GPUModel
import Quantities

struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel",
    abstract: "Predict the time of one kernel on one or several GPUs, and say what limits it.",
    discussion: """
      Operations: \(KernelOperation.list); and -backward of attention, of norms and of activations. Sizes are of the \
      operation: matmul MxNxK or BATCHxMxNxK; attention BATCHxSEQUENCExHEADSxDIM or BATCHxQUERIESxKEYSxHEADSxDIM; softmax, \
      norms, losses and gated activations ROWSxCOLUMNS; embedding ROWSxCOLUMNSxVOCABULARY; all others COUNT.

      orrery kernel matmul 4096x4096x4096 --gpu A100,H100
      orrery kernel attention 4x2048x32x128 --gpu H100 --kv-heads 8
      orrery kernel layernorm 8192x4096 --gpu V100 --precision fp16 --launch eager
      orrery kernel adamw 124000000 --gpu "RTX 4090" --svg adamw.svg
      """)

  @Argument(help: "The operation.", completion: .list(KernelOperation.allCases.map(\.rawValue))) var operation: String
  @Argument(help: "Its sizes, such as 4096x4096x4096.") var shape: String

  @Option(help: ArgumentHelp("The GPUs, with commas between them; orrery gpus lists them.", valueName: "gpu,…"))
  var gpu: String

  @Option(help: "In which numbers are multiplied and stored: fp64, fp32, tf32, fp16, bf16 or fp8.")
  var precision = "bf16"

  @Option(
    help: ArgumentHelp(
      "Of matmul: which operands are transposed, in the words of BLAS: TN, NN, NT or TT. (default: TN)",
      valueName: "layout"))
  var layout: String?

  @Option(
    parsing: .unconditional,
    help: "Of attention and rotary: heads of keys and values; by default as many as of queries.")
  var kvHeads: Int?

  @Flag(help: "Of attention: every query sees every key.") var noCausal = false

  @Option(
    help: ArgumentHelp(
      "How it is started: kernel (its own time alone), graph (one of many in a CUDA graph), stream (one of many, the host "
        + "ahead), eager (one framework operation between two events), synchronized (the host waits for it).",
      valueName: "launch"))
  var launch = "graph"

  @Option(
    help: ArgumentHelp(
      "Of matmul, what its operands and the work before it mean for the board's power: burst (random numbers, a cool "
        + "board), sustained (after seconds of products, as in training), quiet (numbers nearly all alike). "
        + "(default: burst)", valueName: "power"))
  var power: String?

  @Option(help: "Whose kernels, where the constants know more than one, such as vllm.") var library: String?

  @OptionGroup var knowledge: GPUKnowledge

  @Flag(help: "Also simulate one multiprocessor, warp by warp: issue slots, stall reasons, pipes, a timeline.")
  var warps = false

  @Flag(help: "Print JSON; figures are in seconds, bytes and FLOPs.") var json = false

  @Option(
    help: ArgumentHelp("Draw the GPUs' rooflines, and the kernel in them, into this file.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    let estimates = try estimates()
    guard !(warps && json) else {
      throw ValidationError("--warps prints text alone; leave out --warps or --json.")
    }
    guard svg == nil || estimates[0].hasArithmetic else {
      throw ValidationError("--svg: \(operation) has no FLOPs, and so no place under a roofline; leave out --svg.")
    }
    if warps { for estimate in estimates { _ = try KernelWarps(estimate) } }
  }

  func run() throws {
    let estimates = try estimates()
    let request = try request()
    if let svg { try ScheduleFile(svg).write(KernelRoofline(request, estimates).svg) }
    let simulated = warps ? try estimates.map { try KernelWarps($0).text } : []
    try StandardOutput.print(
      json ? jsonText(estimates.map { KernelRecord(request, $0) }) : KernelReport(request, estimates).text)
    for text in simulated { try StandardOutput.print("\n\(text)") }
  }
}

extension KernelCommand {
  private func request() throws -> KernelRequest {
    let operation = try KernelOperation(argument: operation)
    let shape = try KernelShape(argument: shape, for: operation)
    let precision = try named(precision, "--precision", MathPrecision.allCases)
    let request = KernelRequest(
      operation: operation, shape: shape, precision: precision,
      layout: try layout.map { try named($0, "--layout", MatmulKernel.Layout.allCases) } ?? .tn,
      keyValueHeads: kvHeads, causal: !noCausal)
    try refuseStrangers(operation)
    try check(request)
    return request
  }

  private func estimates() throws -> [KernelEstimate] {
    let kernel = try request().kernel
    let launch = try named(launch, "--launch", LaunchContext.allCases)
    let power = try power.map { try named($0, "--power", PowerState.allCases) } ?? .burst
    let calibration = try knowledge.constants()
    return try names().map { name in
      let gpu = try knowledge.gpu(named: name)
      return try KernelEstimate(kernel, on: gpu, launched: launch, power: power, calibration, library: library)
    }
  }

  /// The GPUs' names as they were written.
  private func names() throws -> [String] {
    let names = gpu.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 1 || !names.contains(where: { $0.allSatisfy(\.isWhitespace) }) else {
      let place = names[0].allSatisfy(\.isWhitespace) ? "before its first" : "after a"
      throw ValidationError("--gpu '\(gpu)': a name is missing \(place) comma; write GPUs like A100,H100.")
    }
    return names
  }

  /// - Errors: an option that means nothing to the operation.
  private func refuseStrangers(_ operation: KernelOperation) throws {
    let options = [
      ("--layout", layout != nil && operation != .matmul, "matmul"),
      ("--power", power != nil && operation != .matmul, "matmul"),
      ("--kv-heads", kvHeads != nil && !operation.isAttention && operation != .rotary, "attention and rotary"),
      ("--no-causal", noCausal && !operation.isAttention, "attention"),
    ]
    for (option, isStrange, owner) in options where isStrange {
      throw ValidationError("\(option) is of \(owner); leave it out for \(operation.rawValue).")
    }
  }

  private func check(_ request: KernelRequest) throws {
    let isProduct = request.operation == .matmul || request.operation.isAttention
    guard isProduct || request.type != nil else {
      throw ValidationError(
        "--precision \(request.precision.rawValue): \(request.operation.rawValue) has no values of 8 bits here; "
          + "choose bf16, fp16, fp32 or fp64.")
    }
    guard isProduct || request.precision != .tf32 else {
      throw ValidationError(
        "--precision tf32: tensor cores round to it, and \(request.operation.rawValue) multiplies no matrices; choose fp32."
      )
    }
    guard let kvHeads else { return }
    let heads = request.shape.sizes[request.shape.sizes.count - 2]
    guard kvHeads > 0 else {
      throw ValidationError("--kv-heads \(kvHeads): attention has one at least.")
    }
    guard heads.isMultiple(of: kvHeads) else {
      throw ValidationError("--kv-heads \(kvHeads) does not divide the \(heads) heads of queries; choose a divisor.")
    }
  }
}
