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
      if case .attention(let shape) = kernel { try gpu.requireFlashAttention(shape.precision) }
      let family = try gpu.family(of: kernel)
      try library.map { try calibration.requireLibrary($0, of: family) }
      let model = try KernelModel(gpu, calibration, library: library)
      time = try model.time(of: kernel, power: power)
      seconds = try model.seconds(kernel, launched: launch, power: power)
      roofline = try Roofline(gpu, kernel.precision, calibration)
      source = calibration.source(of: family, for: gpu, library)
    } catch let error as GPUError {
      throw Self.refusal(kernel, gpu, error)
    }
  }

  private static func refusal(_ kernel: Kernel, _ gpu: GPU, _ error: GPUError) -> ValidationError {
    if case .attention(let shape) = kernel {
      do { try gpu.requireFlashAttention(shape.precision) } catch { return unfused(gpu, shape.precision, error) }
    }
    let narrow: [MathPrecision] = [.bf16, .fp16, .fp32]
    let other = narrow.first { gpu.matmulRates[$0] != nil } ?? .fp32
    return ValidationError("--precision \(kernel.precision.rawValue): \(error); choose \(other.rawValue)")
  }

  private static func unfused(_ gpu: GPU, _ precision: MathPrecision, _ error: GPUError) -> ValidationError {
    let fused = gpu.flashAttentionPrecisions.map(\.rawValue).joined(separator: " or ")
    let (option, way) = fused.isEmpty ? ("--gpu", "") : ("--precision \(precision.rawValue)", "choose \(fused), or ")
    return ValidationError(
      "\(option): \(error); \(way)time its products and its softmax apart: matmul BATCHxMxNxK, softmax ROWSxCOLUMNS")
  }

  var rate: ComputeRate { ComputeRate(Double(kernel.flops.value) / seconds) }
  var dramBandwidth: Bandwidth { Bandwidth(time.dramBytes / seconds) }
  var intensity: Double { kernel.intensity }
  /// Some kernels only move bytes.
  var hasArithmetic: Bool { kernel.flops.value > 0 }
}

extension GPU {
  /// In which fused attention runs here; of those, the ones that people train in.
  var flashAttentionPrecisions: [MathPrecision] {
    [.bf16, .fp16].filter { matmulRates[$0] != nil && !limits.flashAttention.isEmpty }
  }
}

extension Calibration {
  /// What is built in. That it cannot be read is our mistake, not the user's.
  static func forCommands() throws -> Calibration {
    do { return try builtIn() } catch { throw Failure(code: .software, text: error.description).error }
  }

  /// - Errors: a library of which no kernels of the family were measured, in the words of the command line.
  fileprivate func requireLibrary(_ name: String, of family: KernelFamily) throws {
    let known = libraries(of: family)
    guard !known.contains(name) else { return }
    throw ValidationError(
      "--library '\(name)': there are no constants for its kernels of the family \(family.rawValue); "
        + (known.isEmpty ? "leave --library out." : "known: \(known.joined(separator: ", "))"))
  }

  private func libraries(of family: KernelFamily) -> [String] {
    let tables = Set(generations.values.flatMap(\.keys)).map { $0.split(separator: ".") }
    return tables.filter { $0.count == 2 && $0[0] == family.rawValue }.map { String($0[1]) }.sorted()
  }

  fileprivate func source(of family: KernelFamily, for gpu: GPU, _ library: String?) -> KernelEstimate.Source {
    let own = library.map { "\(family.rawValue).\($0)" }
    let table = own.flatMap { own in generations.values.contains { $0[own] != nil } ? own : nil } ?? family.rawValue
    if isFitted(table, for: gpu) { return .fitted }
    return generations[gpu.generation.rawValue]?[table] == nil ? .neighbour : .generation
  }
}
