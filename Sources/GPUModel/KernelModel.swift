package import Cluster

/// The time of every kernel on one GPU: the door to the family models.
package struct KernelModel: Sendable {
  package let gpu: GPU
  private let matmuls: [MatmulKey: MatmulModel]
  private let attentions: [AttentionKey: AttentionModel]
  private let streaming: StreamingModel
  private let softmax, norm: RowModel
  private let hosts: [KernelFamily: HostConstants]

  private struct MatmulKey: Hashable { var precision: MathPrecision, isBatched: Bool }
  private struct AttentionKey: Hashable { var precision: MathPrecision, backward: Bool }

  /// - Parameter library: whose kernels, where they are not the usual ones: `vllm`, `cudnn`.
  /// - Errors: `CalibrationError` for constants that are missing.
  package init(_ gpu: GPU, _ calibration: Calibration, library: String? = nil) throws(CalibrationError) {
    func table(_ family: KernelFamily) -> String {
      let own = library.map { "\(family.rawValue).\($0)" } ?? family.rawValue
      return calibration.generations.values.contains { $0[own] != nil } ? own : family.rawValue
    }
    self.gpu = gpu
    var matmuls: [MatmulKey: MatmulModel] = [:]
    var attentions: [AttentionKey: AttentionModel] = [:]
    for precision in MathPrecision.allCases where gpu.matmulRates[precision] != nil {
      for isBatched in [false, true] {
        let shape = MatmulKernel(batch: isBatched ? 2 : 1, m: 1, n: 1, k: 1, precision: precision)
        guard let family = try? gpu.family(of: .matmul(shape)) else { continue }
        let constants: MatmulConstants = try calibration.constants(table(family), for: gpu)
        matmuls[MatmulKey(precision: precision, isBatched: isBatched)] = try? MatmulModel(
          gpu, precision, constants, batched: family == .batchedSIMT)
      }
      for backward in [false, true] {
        let family: KernelFamily = backward ? .attentionBackward : .attentionForward
        let constants: AttentionConstants = try calibration.constants(table(family), for: gpu)
        attentions[AttentionKey(precision: precision, backward: backward)] =
          try? AttentionModel(gpu, precision, constants)
      }
    }
    (self.matmuls, self.attentions) = (matmuls, attentions)
    streaming = StreamingModel(gpu, try calibration.constants(table(.elementwise), for: gpu))
    softmax = RowModel(gpu, try calibration.constants(table(.softmax), for: gpu))
    norm = RowModel(gpu, try calibration.constants(table(.norm), for: gpu))
    var hosts: [KernelFamily: HostConstants] = [:]
    for family in KernelFamily.allCases {
      hosts[family] = try calibration.constants("host_\(family.rawValue)", for: gpu)
    }
    self.hosts = hosts
  }

  /// The kernel's own time, launched from a CUDA graph.
  ///
  /// - Parameter power: what operands and earlier work mean for the board's power.
  /// - Errors: `GPUError` for a precision that the GPU does not have.
  package func time(of kernel: Kernel, power: PowerState = .burst) throws(GPUError) -> KernelTime {
    switch kernel {
    case .matmul(let shape): try model(shape).time(of: shape, power: power)
    case .streaming(let shape): streaming.time(of: shape)
    case .rows(let shape): (shape.function.family == .softmax ? softmax : norm).time(of: shape)
    case .attention(let shape): try model(shape).time(of: shape)
    }
  }

  /// Seconds that are measured around the kernel, by how it is launched.
  package func seconds(
    _ kernel: Kernel, launched launch: LaunchContext = .graph, power: PowerState = .burst
  ) throws(GPUError) -> Double {
    let seconds = try alone(kernel, power)
    if launch == .graph || launch == .kernelAlone { return seconds }
    return hosts[try gpu.family(of: kernel)]!.seconds(seconds, launch)
  }

  private func alone(_ kernel: Kernel, _ power: PowerState) throws(GPUError) -> Double {
    switch kernel {
    case .matmul(let shape): try model(shape).seconds(shape, power: power)
    case .streaming, .rows, .attention: try time(of: kernel, power: power).seconds
    }
  }

  private func model(_ shape: MatmulKernel) throws(GPUError) -> MatmulModel {
    let key = MatmulKey(precision: shape.precision, isBatched: shape.batch > 1)
    guard let model = matmuls[key] else {
      _ = try gpu.peak(shape.precision)
      throw GPUError("\(gpu.name): no tile of a matrix product fits")
    }
    return model
  }

  private func model(_ shape: AttentionKernel) throws(GPUError) -> AttentionModel {
    let key = AttentionKey(precision: shape.precision, backward: shape.backward)
    guard let model = attentions[key] else {
      _ = try gpu.peak(shape.precision)
      throw GPUError("\(gpu.name): has no fused attention in \(shape.precision.rawValue)")
    }
    return model
  }
}
