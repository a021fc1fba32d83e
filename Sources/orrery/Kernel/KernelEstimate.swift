import ArgumentParser
import Cluster
import GPUModel
import Quantities

/// One kernel on one GPU: its time, and what to hold it against.
struct KernelEstimate {
  /// Where the constants of the timing model come from.
  enum Source: String {
    case fitted = "fitted to this GPU"
    case generation = "its generation's"
    case neighbour = "a neighbouring generation's"
  }

  let gpu: GPU
  let kernel: Kernel
  let time: KernelTime
  let launch: LaunchContext
  let power: PowerState
  /// What is measured around the kernel as it is launched.
  let seconds: Double
  let roofline: Roofline
  let source: Source

  /// - Errors: what the GPU cannot do, with what it can, in the words of the command line.
  init(
    _ kernel: Kernel, on gpu: GPU, launched launch: LaunchContext, power: PowerState, _ calibration: Calibration,
    library: String?
  ) throws {
    (self.gpu, self.kernel, self.launch, self.power) = (gpu, kernel, launch, power)
    do {
      if case .attention = kernel { try gpu.requireFusedAttention() }
      let model = try KernelModel(gpu, calibration, library: library)
      time = try model.time(of: kernel, power: power)
      seconds = try model.seconds(kernel, launched: launch, power: power)
      roofline = try Roofline(gpu, kernel.precision, calibration)
      source = calibration.source(of: try gpu.family(of: kernel), for: gpu, library)
    } catch let error as GPUError {
      throw Self.refusal(kernel, gpu, error)
    }
  }

  private static func refusal(_ kernel: Kernel, _ gpu: GPU, _ error: GPUError) -> ValidationError {
    if case .attention = kernel, gpu.limits.flashAttention.isEmpty {
      return ValidationError(
        "--gpu \(error); time its products and its softmax apart: matmul BATCHxMxNxK, softmax ROWSxCOLUMNS")
    }
    let narrow: [MathPrecision] = [.bf16, .fp16, .fp32]
    let other = narrow.first { gpu.matmulRates[$0] != nil } ?? .fp32
    return ValidationError("--precision \(kernel.precision.rawValue): \(error); choose \(other.rawValue)")
  }

  var rate: ComputeRate { ComputeRate(Double(kernel.flops.value) / seconds) }
  var dramBandwidth: Bandwidth { Bandwidth(time.dramBytes / seconds) }
  var intensity: Double { kernel.intensity }
}

extension GPU {
  fileprivate func requireFusedAttention() throws(GPUError) {
    guard limits.flashAttention.isEmpty else { return }
    throw GPUError("\(name): no generation of FlashAttention runs on it (compute capability \(capability))")
  }
}

extension Calibration {
  /// What is built in. That it cannot be read is our mistake, not the user's.
  static func forCommands() throws -> Calibration {
    do { return try builtIn() } catch { throw Failure(code: .software, text: error.description).error }
  }

  /// - Errors: a library of which no kernels were measured, in the words of the command line.
  func requireLibrary(_ name: String) throws {
    let tables = Array(generations.values) + Array(gpus.values)
    let known = Set(tables.flatMap(\.keys).compactMap { table in table.split(separator: ".").dropFirst().first })
    guard !known.contains(Substring(name)) else { return }
    let list = known.sorted().joined(separator: ", ")
    throw ValidationError(
      "--library '\(name)': there are no constants for its kernels; "
        + (known.isEmpty ? "leave --library out." : "known: \(list)"))
  }

  fileprivate func source(of family: KernelFamily, for gpu: GPU, _ library: String?) -> KernelEstimate.Source {
    let own = library.map { "\(family.rawValue).\($0)" }
    let table = own.flatMap { own in generations.values.contains { $0[own] != nil } ? own : nil } ?? family.rawValue
    if isFitted(table, for: gpu) { return .fitted }
    return generations[gpu.generation.rawValue]?[table] == nil ? .neighbour : .generation
  }
}
