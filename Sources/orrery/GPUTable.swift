import Cluster
import Quantities

/// The catalogue, one GPU to a line.
struct GPUTable {
  private let gpus: [GPU]

  init(_ gpus: [GPU]) { self.gpus = gpus }

  var text: String {
    let titles = [
      "GPU", "generation", "cc", "SMs", "MHz", "GiB", "GB/s", "16-bit TFLOP/s", "fp32 TFLOP/s", "NVLink GB/s", "W",
    ]
    let table = TextTable([titles] + gpus.map(row), leftAligned: [0, 1])
    return (table.lines + ["", legend]).joined(separator: "\n")
  }

  private var legend: String {
    """
    cc: compute capability. MHz: boost clock. 16-bit: dense matrix products, bf16 where the GPU has it, else fp16.
    NVLink: both directions of all links. Names with ? have uncertain figures: orrery gpus NAME says which.
    """
  }

  private func row(_ gpu: GPU) -> [String] {
    let identity = [
      gpu.name + (gpu.isUncertain ? " ?" : ""), gpu.generation.rawValue, "\(gpu.capability)", "\(gpu.multiprocessors)",
    ]
    let memory = [
      fixed(gpu.boostClock.megahertz, decimals: 0), gibibytes(gpu.memory), gigabytes(gpu.memoryBandwidth),
    ]
    let rates = [halfPrecision(gpu), gpu.matmulRates[.fp32].map(teraflops) ?? "-"]
    return identity + memory + rates
      + [gpu.nvlink.map(gigabytes) ?? "-", fixed(gpu.boardPower.watts, decimals: 0)]
  }

  private func halfPrecision(_ gpu: GPU) -> String {
    for precision in [MathPrecision.bf16, .fp16] {
      if let rate = gpu.matmulRates[precision] { return "\(precision.rawValue) \(leftPadded(teraflops(rate), to: 5))" }
    }
    return "-"
  }

  private func teraflops(_ rate: ComputeRate) -> String { threeDigits(rate.flopsPerSecond / 1e12) }
  private func gigabytes(_ rate: Bandwidth) -> String { fixed(rate.bytesPerSecond / 1e9, decimals: 0) }

  private func gibibytes(_ memory: ByteCount) -> String {
    let gibibytes = Double(memory.value) / Double(1 << 30)
    return fixed(gibibytes, decimals: gibibytes == gibibytes.rounded() ? 0 : 1)
  }

  private func leftPadded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
