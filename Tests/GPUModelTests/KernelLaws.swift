import Cluster
import GPUModel
import Quantities

/// What holds for every kernel on every GPU, checked on a function, so that mutants can be checked too.
struct KernelLaws {
  typealias Time = (Kernel, GPU) throws -> KernelTime

  var time: Time

  /// A law that does not hold, and where.
  struct Violation: CustomStringConvertible {
    var law: String
    var kernel: Kernel
    var gpu: String
    var description: String { "\(law): \(kernel) on \(gpu)" }
  }

  func violations(_ kernel: Kernel, _ gpu: GPU, extraMultiprocessors: Int) throws -> [Violation] {
    let own = try time(kernel, gpu)
    var broken: [String] = []
    if !own.seconds.isFinite || own.seconds <= 0 { broken.append("finite and positive") }
    for bound in own.bounds where bound.seconds > own.seconds * (1 + 1e-9) {
      broken.append("no shorter than its \(bound.limiter.rawValue)")
    }
    if own.seconds < own.launch { broken.append("no shorter than its launch") }
    if own.flops != kernel.flops { broken.append("the mathematics' FLOPs") }
    if !(0...1).contains(own.launchShape.tail) || !(0...1.0001).contains(own.launchShape.occupancy) {
      broken.append("tail and occupancy are shares")
    }
    broken += try slower(than: own, kernel, gpu, extraMultiprocessors)
    return broken.map { Violation(law: $0, kernel: kernel, gpu: gpu.name) }
  }

  /// What a better GPU may not make slower.
  private func slower(
    than own: KernelTime, _ kernel: Kernel, _ gpu: GPU, _ extraMultiprocessors: Int
  ) throws -> [String] {
    var broken: [String] = []
    var faster = gpu
    faster.boostClock = Frequency(gpu.boostClock.hertz * 1.13)
    if try time(kernel, faster).seconds > own.seconds * (1 + 1e-9) { broken.append("more clock is not slower") }
    var wider = gpu
    wider.memoryBandwidth = Bandwidth(gpu.memoryBandwidth.bytesPerSecond * 1.21)
    if try time(kernel, wider).seconds > own.seconds * (1 + 1e-9) { broken.append("more bandwidth is not slower") }
    // More rows in flight share the same L2: that may cost a row kernel its second pass.
    if !isRows(kernel) {
      var larger = gpu
      larger.multiprocessors += extraMultiprocessors
      if try time(kernel, larger).seconds > own.seconds * 1.01 { broken.append("more SMs are not 1 % slower") }
    }
    return broken
  }

  private func isRows(_ kernel: Kernel) -> Bool {
    if case .rows = kernel { return true }
    return false
  }
}
