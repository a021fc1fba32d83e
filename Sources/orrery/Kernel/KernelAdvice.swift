import Cluster
import GPUModel
import Quantities

/// What would make a kernel faster, in one sentence.
struct KernelAdvice {
  private let estimate: KernelEstimate
  private var time: KernelTime { estimate.time }
  private var shape: LaunchShape { time.launchShape }
  private var gpu: GPU { estimate.gpu }

  init(_ estimate: KernelEstimate) { self.estimate = estimate }

  var text: String {
    if estimate.seconds > 2 * time.seconds { return dispatch }
    switch time.limiter {
    case .launch: return launch
    case .power: return power
    case .dram: return memory
    case .l2: return l2
    case .specialFunctions: return "special functions limit it: fewer exponentials and divisions a value"
    case .sharedMemory: return "shared memory feeds the multiplier too slowly: larger tiles, so larger M and N"
    case .latency, .tensorCores, .fma: return arithmetic
    }
  }

  /// Multiprocessors without a block.
  var idle: Int { max(0, gpu.multiprocessors - shape.blocks) }

  private var dispatch: String {
    "launch-bound: the host takes \(withTimeUnit(estimate.seconds - time.seconds)) of it; use a CUDA graph, or fuse it "
      + "with its neighbours"
  }

  private var launch: String {
    let way = estimate.launch == .graph || estimate.launch == .kernelAlone ? "" : " or use a CUDA graph"
    return "launch-bound: \(withTimeUnit(time.launch)) of \(withTimeUnit(time.seconds)) go by around its work; "
      + "fuse it with its neighbours\(way), or give it more work"
  }

  private var power: String {
    "power limits it: \(gpu.boardPower) do not sustain the clock; a narrower precision takes less energy, a higher power "
      + "limit gives more"
  }

  private var memory: String {
    let share = estimate.dramBandwidth / gpu.memoryBandwidth
    if share < 0.6 {
      return
        "DRAM waits for requests: at \(percent(share, decimals: 0)) of its bandwidth, more bytes at once would help, as in a "
        + "larger batch or a fused kernel"
    }
    return
      "DRAM limits it, at \(percent(share, decimals: 0)) of its bandwidth: only fewer bytes help; fuse it with its neighbours, "
      + "or store narrower values"
  }

  private var l2: String {
    switch estimate.kernel {
    case .matmul, .attention: "L2 limits it: larger tiles would read operands fewer times, so larger M and N"
    case .streaming, .rows: "L2 limits it: fuse it with its neighbours, so that values stay in registers"
    }
  }

  private var arithmetic: String {
    if idle > 0 {
      return "more blocks: \(shape.blocks) blocks leave \(idle) of \(gpu.multiprocessors) SMs idle; larger M, N or "
        + "batch, or a split K"
    }
    if time.limiter == .latency {
      return "latency limits it: starting and ending a block takes longer than its work; a larger K, or fewer blocks"
    }
    if shape.waves < 8, shape.tail > 0.15 {
      return "fuller waves: \(percent(shape.tail, decimals: 0)) of the last of \(waves) stay empty; sizes whose "
        + "blocks fill whole waves lose nothing"
    }
    return
      "arithmetic limits it, at \(percent(estimate.rate / estimate.roofline.peak, decimals: 0)) of the peak: \(narrower)"
  }

  private var waves: String { "\(Int(shape.waves.rounded(.up))) \(shape.waves > 1 ? "waves" : "wave")" }

  private var narrower: String {
    guard time.limiter == .fma, estimate.kernel.precision == .fp32 else {
      return "only fewer FLOPs or a narrower precision help"
    }
    return gpu.matmulRates[.tf32] != nil ? "tf32 would use the tensor cores" : "only fewer FLOPs help"
  }
}
