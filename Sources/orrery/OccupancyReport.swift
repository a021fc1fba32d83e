import Cluster
import GPUModel
import Quantities

/// What `orrery occupancy` says.
struct OccupancyReport {
  private let request: OccupancyRequest
  private let occupancy: Occupancy
  private var limits: MultiprocessorLimits { request.limits }
  private var block: BlockResources { request.block }

  init(_ request: OccupancyRequest) { (self.request, occupancy) = (request, request.occupancy) }

  var text: String {
    let parts = [[heading], result + OccupancyReasons(request).lines, resources, raises, sizes]
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: String {
    let name = request.gpu.map { "\($0), compute capability" } ?? "Compute capability"
    return "\(name) \(limits.capability): blocks of \(counted(block.threads, "thread")), "
      + "\(counted(block.registersPerThread, "register")) per thread, \(block.sharedMemory.exactText) of shared memory"
  }

  private var result: [String] {
    [
      "blocks per SM   \(occupancy.blocks)", "warps per SM    \(occupancy.warps) of \(limits.warps)",
      "occupancy       \(percent(occupancy.fraction))", "limited by      \(words(occupancy.limiters))",
    ]
  }

  private var resources: [String] {
    let reserved = limits.sharedMemoryReserved
    let system = reserved > .zero ? ", of which the system takes \(reserved.exactText)" : ""
    let memory = occupancy.allocatedSharedMemory.exactText + system
    let rows = [
      ["each alone", "blocks", "a block takes", "an SM has"],
      ["warps", "\(occupancy.limitWarps)", "\(block.warps)", "\(limits.warps)"],
      [
        "registers", limit(occupancy.limitRegisters), grouped(occupancy.allocatedRegisters), grouped(limits.registers),
      ],
      ["shared memory", limit(occupancy.limitSharedMemory), memory, occupancy.sharedMemoryPool.exactText],
      ["blocks", "\(occupancy.limitBlocks)", "1", "\(limits.blocks)"],
    ]
    return TextTable(rows, leftAligned: [0, 2, 3]).lines + carveout
  }

  private func limit(_ blocks: Int?) -> String { blocks.map(String.init) ?? "any" }

  private var carveout: [String] {
    guard let asked = request.carveout, asked != occupancy.sharedMemoryPool else { return [] }
    return ["The carve-out of \(asked.exactText) is rounded up to \(occupancy.sharedMemoryPool.exactText)."]
  }

  private var raises: [String] {
    guard occupancy.fraction < 1 else { return ["All warps that a multiprocessor can hold are there."] }
    let less = occupancy.raisedByLess(than: block, on: limits, carveout: request.carveout)
    let size = occupancy.raisedByAnotherSize(than: block, on: limits, carveout: request.carveout)
    let lines =
      (less.map { ["  \(lessText($0.block)): \(outcome($0.occupancy))"] } ?? [])
      + (size.map { ["  blocks of \($0.block.threads) threads: \(outcome($0.occupancy))"] } ?? [])
    return lines.isEmpty ? ["No smaller block and no other block size alone would raise it."] : ["To raise it:"] + lines
  }

  private func lessText(_ less: BlockResources) -> String {
    let registers =
      less.registersPerThread < block.registersPerThread
      ? ["at most \(counted(less.registersPerThread, "register")) per thread"] : []
    let memory =
      less.sharedMemory < block.sharedMemory
      ? ["at most \(less.sharedMemory.exactText) of shared memory per block"] : []
    return (registers + memory).joined(separator: " and ")
  }

  private func outcome(_ other: Occupancy) -> String {
    "\(counted(other.blocks, "block")), \(other.warps) warps, \(percent(other.fraction))"
  }

  private var sizes: [String] {
    let titles = ["block size", "blocks", "warps", "occupancy", "limited by"]
    let rows = Occupancy.sizes(of: block, on: limits, carveout: request.carveout).map { size in
      [
        "\(size.block.threads)\(size.block.threads == block.threads ? " *" : "  ")", "\(size.occupancy.blocks)",
        "\(size.occupancy.warps)", percent(size.occupancy.fraction), words(size.occupancy.limiters),
      ]
    }
    return TextTable([titles] + rows, leftAligned: [4]).lines
  }

  private func words(_ limiters: [Occupancy.Limiter]) -> String { limiters.map(\.rawValue).joined(separator: ", ") }
  private func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
}

extension ByteCount {
  /// To the byte: a limit that is rounded up is exceeded.
  var exactText: String { value > 0 && value % 1024 == 0 ? "\(grouped(value / 1024)) KiB" : "\(grouped(value)) B" }
}
