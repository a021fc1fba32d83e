import Cluster
import GPUModel
import Quantities

/// What `orrery kernel` says: a column for each GPU.
struct KernelReport {
  private let request: KernelRequest
  private let estimates: [KernelEstimate]

  init(_ request: KernelRequest, _ estimates: [KernelEstimate]) {
    (self.request, self.estimates) = (request, estimates)
  }

  var text: String {
    let table = [row("") { $0.gpu.name }] + time + bounds + work + blocks + position + origin
    let advice = estimates.map { "  \($0.gpu.name): \(KernelAdvice($0).text)." }
    let parts = [[request.title], TextTable(table).lines, ["To make it faster:"] + advice]
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private func row(_ title: String, _ cell: (KernelEstimate) -> String) -> [String] { [title] + estimates.map(cell) }

  private var time: [[String]] {
    let launch = estimates[0].launch
    let isBare = launch == .graph || launch == .kernelAlone
    return [row("time (\(launch.rawValue))") { withTimeUnit($0.seconds) }]
      + (isBare ? [] : [row("  of the kernel") { withTimeUnit($0.time.seconds) }])
      + [row("limited by") { $0.time.limiter.rawValue }]
  }

  /// What each resource alone would take; those that no GPU needs are left out.
  private var bounds: [[String]] {
    let limiters = KernelTime.Limiter.allCases.filter { limiter in
      estimates.contains { $0.time.bounds.contains { $0.limiter == limiter && $0.seconds > 0 } }
    }
    let rows = limiters.map { limiter in
      row("  \(limiter.rawValue) alone") { estimate in
        estimate.time.bounds.first { $0.limiter == limiter }.map { withTimeUnit($0.seconds) } ?? "-"
      }
    }
    return rows + [row("  launch alone") { withTimeUnit($0.time.launch) }]
  }

  private var hasArithmetic: Bool { estimates[0].hasArithmetic }

  private var work: [[String]] { (hasArithmetic ? arithmetic : []) + traffic }

  private var arithmetic: [[String]] {
    [
      row("FLOPs") { withDecimalPrefix(Double($0.kernel.flops.value), "FLOP") }, row("  per second") { "\($0.rate)" },
      row("  share of the \(estimates[0].roofline.precision.rawValue) peak") { percent($0.rate / $0.roofline.peak) },
    ]
  }

  private var traffic: [[String]] {
    [
      row("DRAM traffic") { bytes($0.time.dramBytes) }, row("  per second") { "\($0.dramBandwidth)" },
      row("  share of the bandwidth") { percent($0.dramBandwidth / $0.gpu.memoryBandwidth) },
      row("L2 traffic") { bytes($0.time.l2Bytes) },
      row("shared-memory traffic") { $0.time.sharedBytes > 0 ? bytes($0.time.sharedBytes) : "-" },
    ]
  }

  private var blocks: [[String]] {
    let isTiled = estimates.contains { !$0.time.launchShape.tile.isEmpty }
    let tile = [row("tile") { $0.time.launchShape.tile }, row("split-K") { "\($0.time.launchShape.splitK)" }]
    return (isTiled ? tile : [])
      + [
        row("blocks") { grouped($0.time.launchShape.blocks) },
        row("  threads of a block") { "\($0.time.launchShape.threadsPerBlock)" },
        row("  resident on an SM") { "\($0.time.launchShape.blocksPerMultiprocessor)" },
        row("occupancy") { percent($0.time.launchShape.occupancy) },
        row("waves") { threeDigits($0.time.launchShape.waves) },
        row("  empty in the last") { percent($0.time.launchShape.tail) },
      ]
  }

  private var position: [[String]] {
    guard hasArithmetic else { return [] }
    return [
      row("intensity, FLOP/B") { threeDigits($0.intensity) }, row("  the ridge's") { threeDigits($0.roofline.ridge) },
      row("  side") { $0.intensity < $0.roofline.ridge ? "memory" : "arithmetic" },
    ]
  }

  private var origin: [[String]] { [row("constants") { $0.source.rawValue }] }

  private func bytes(_ count: Double) -> String { withDecimalPrefix(count, "B") }
}
