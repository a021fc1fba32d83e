import Cluster
import Foundation
import GPUModel
import Quantities
import Testing

/// Laws of the timing model over random kernels: 20,000 in the suite, a million with `ORRERY_KERNEL_SWEEP=1`.
@Suite struct KernelLawTests {
  private static let count = ProcessInfo.processInfo.environment["ORRERY_KERNEL_SWEEP"] == nil ? 20_000 : 1_000_000

  /// Constants belong to a GPU's name and generation, so a scaled GPU keeps them.
  private func laws(_ change: @escaping (KernelTime, Kernel, GPU) -> KernelTime = { time, _, _ in time }) throws
    -> KernelLaws
  {
    let calibration = try Calibration.builtIn()
    return KernelLaws { kernel, gpu in
      change(try FamilyTime(calibration, gpu, kernel).time, kernel, gpu)
    }
  }

  @Test func `Random kernels keep every law on every GPU`() throws {
    let gpus = try GPUCatalogue.builtIn().gpus
    let laws = try laws()
    var random = RandomKernels(seed: 4)
    var found: [KernelLaws.Violation] = []
    for index in 0..<Self.count where found.count < 5 {
      let gpu = gpus[index % gpus.count]
      found += try laws.violations(random.kernel(gpu), gpu, extraMultiprocessors: 1 + index % 9)
    }
    #expect(found.isEmpty, "\(found)")
  }

  @Test func `The quick answer is the explained one, in every state of power`() throws {
    let (catalogue, calibration) = (try GPUCatalogue.builtIn(), try Calibration.builtIn())
    var random = RandomKernels(seed: 6)
    for name in ["P100", "V100", "A100", "H100", "B200", "RTX 4090"] {
      let model = try KernelModel(catalogue.gpu(named: name), calibration)
      for _ in 0..<500 {
        let (kernel, power) = (random.kernel(model.gpu), random.power())
        // Fused attention does not run everywhere.
        guard let time = try? model.time(of: kernel, power: power) else { continue }
        #expect(try model.seconds(kernel, power: power) == time.seconds)
        #expect(try model.seconds(kernel, launched: .stream, power: power) > time.seconds)
      }
    }
  }

  /// What each mutant breaks, and how.
  static let mutants: [(law: String, change: @Sendable (KernelTime, Kernel, GPU) -> KernelTime)] = [
    ("no shorter than its", { time, _, _ in time.scaled(0.7) }),
    ("finite and positive", { time, _, _ in time.scaled(-1) }),
    ("more clock is not slower", { time, _, gpu in time.scaled(gpu.boostClock.hertz / 1e9) }),
    ("more bandwidth is not slower", { time, _, gpu in time.scaled(gpu.memoryBandwidth.bytesPerSecond / 1e10) }),
    ("more SMs are not 1 % slower", { time, _, gpu in time.scaled(1 + Double(gpu.multiprocessors)) }),
    ("the mathematics' FLOPs", { time, _, _ in time.with(flops: FLOPCount(time.flops.value + 1)) }),
  ]

  @Test(arguments: mutants.indices) func `A mutant breaks the law it was made for`(index: Int) throws {
    let (law, change) = Self.mutants[index]
    let gpus = try GPUCatalogue.builtIn().gpus
    let laws = try laws(change)
    var random = RandomKernels(seed: 5)
    var broken: Set<String> = []
    for gpu in gpus {
      broken.formUnion(try laws.violations(random.kernel(gpu), gpu, extraMultiprocessors: 4).map(\.law))
    }
    #expect(broken.contains { $0.hasPrefix(law) }, "\(broken)")
  }
}

/// A kernel's time from its family's model alone: cheaper to set up than a whole GPU's.
private struct FamilyTime {
  var time: KernelTime

  init(_ calibration: Calibration, _ gpu: GPU, _ kernel: Kernel) throws {
    let family = try gpu.family(of: kernel)
    switch kernel {
    case .matmul(let shape):
      let constants: MatmulConstants = try calibration.constants(family.rawValue, for: gpu)
      time = try MatmulModel(gpu, shape.precision, constants, batched: shape.batch > 1).time(of: shape)
    case .streaming(let shape):
      time = StreamingModel(gpu, try calibration.constants(family.rawValue, for: gpu)).time(of: shape)
    case .rows(let shape): time = RowModel(gpu, try calibration.constants(family.rawValue, for: gpu)).time(of: shape)
    case .attention(let shape):
      time = try AttentionModel(gpu, shape.precision, try calibration.constants(family.rawValue, for: gpu)).time(
        of: shape)
    }
  }
}

extension KernelTime {
  fileprivate func scaled(_ factor: Double) -> KernelTime {
    var copy = self
    copy.seconds *= factor
    return copy
  }

  fileprivate func with(flops: FLOPCount) -> KernelTime {
    var copy = self
    copy.flops = flops
    return copy
  }
}
