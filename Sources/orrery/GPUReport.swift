import Cluster
import Quantities

/// All that is known of one GPU.
struct GPUReport {
  private let gpu: GPU
  private var limits: MultiprocessorLimits { gpu.limits }

  init(_ gpu: GPU) { self.gpu = gpu }

  var text: String {
    let facts = identity + memory + rates + links + multiprocessor + origin
    let width = facts.map(\.0.count).max()! + 2
    let lines = facts.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 }
    return ([gpu.name] + lines.map { "  \($0)" }).joined(separator: "\n")
  }

  private var identity: [(String, String)] {
    let names = gpu.aliases.isEmpty ? [] : [("also named", gpu.aliases.joined(separator: ", "))]
    let tensor =
      gpu.supportsTensorCores
      ? ", \(gpu.tensorCores) tensor cores (\(grouped(Int(gpu.tensorFLOPsPerClock))) 16-bit FLOPs per clock)" : ""
    return names + [
      ("generation", "\(gpu.generation.rawValue), compute capability \(gpu.capability)"),
      ("multiprocessors", "\(gpu.multiprocessors), each with \(gpu.fp32Lanes) fp32 lanes\(tensor)"),
      ("clock", "boost \(gpu.boostClock)" + (gpu.baseClock.map { ", base \($0)" } ?? "")),
    ]
  }

  /// Caches as data sheets have them, in decimal megabytes.
  private var memory: [(String, String)] {
    let l2 = withDecimalPrefix(Double(gpu.l2Cache.value), "B")
    return [
      ("memory", "\(gpu.memory), \(gpu.memoryBandwidth)"),
      ("L2 cache", l2 + (gpu.l2Bandwidth.map { ", \($0)" } ?? "")),
      ("L1 cache", "\(gpu.l1Cache.exactText) per multiprocessor"),
    ]
  }

  private var rates: [(String, String)] {
    let known = gpu.precisions.map { precision in
      let storage = precision == .tf32 ? " (values stored as fp32)" : ""
      return ("\(precision.rawValue) products", "\(gpu.matmulRates[precision]!), dense\(storage)")
    }
    let lacking = MathPrecision.allCases.filter { gpu.matmulRates[$0] == nil && $0 != .fp64 }.map(\.rawValue)
    return known + (lacking.isEmpty ? [] : [("not supported", lacking.joined(separator: ", "))])
      + [("FlashAttention", versions)]
  }

  private var versions: String {
    limits.flashAttention.isEmpty ? "none" : limits.flashAttention.map(String.init).joined(separator: ", ")
  }

  private var links: [(String, String)] {
    [
      ("NVLink", gpu.nvlink.map { "\($0), both directions of all links" } ?? "none"), ("PCIe", gpu.pcie),
      ("board power", "\(gpu.boardPower)"),
    ]
  }

  private var multiprocessor: [(String, String)] {
    let optIn = limits.sharedMemoryPerBlockOptIn
    let asked = optIn > limits.sharedMemoryPerBlock ? " (\(optIn.exactText) if its kernel asks)" : ""
    return [
      (
        "an SM holds",
        "\(grouped(limits.threads)) threads (\(limits.warps) warps), \(limits.blocks) blocks, "
          + "\(grouped(limits.registers)) registers, \(limits.sharedMemory.exactText) of shared memory"
      ),
      (
        "a block has at most",
        "\(grouped(MultiprocessorLimits.threadsPerBlock)) threads, \(limits.registersPerThread) registers per thread, "
          + "\(limits.sharedMemoryPerBlock.exactText) of shared memory\(asked)"
      ),
    ]
  }

  private var origin: [(String, String)] {
    [("source", gpu.source)] + (gpu.notes.isEmpty ? [] : [("notes", gpu.notes)])
  }
}
