import Cluster
import GPUModel
import Quantities

/// Why a kernel cannot be launched at all, or what its launch needs.
struct OccupancyReasons {
  private let limits: MultiprocessorLimits
  private let block: BlockResources
  private let occupancy: Occupancy

  init(_ request: OccupancyRequest) {
    (limits, block, occupancy) = (request.limits, request.block, request.occupancy)
  }

  var lines: [String] {
    let reasons =
      (occupancy.limitRegisters == 0 ? [registers] : []) + (occupancy.limitSharedMemory == 0 ? [memory] : [])
    guard reasons.isEmpty else { return ["Not one block fits: the kernel cannot be launched."] + reasons }
    return block.sharedMemory > limits.sharedMemoryPerBlock ? [optIn] : []
  }

  private var registers: String {
    let parts = limits.forwardPartitions
    let spread = (block.warps + parts - 1) / parts * parts
    let each = occupancy.allocatedRegisters / block.warps
    return "\(block.warps) warps of \(grouped(each)) registers, spread over the \(parts) parts of a multiprocessor, "
      + "need \(grouped(each * spread)); a block has at most \(grouped(limits.registersPerBlock))."
  }

  private var memory: String {
    let most = limits.sharedMemoryPerBlockOptIn
    let asked = most > limits.sharedMemoryPerBlock ? " even when its kernel asks for more" : ""
    return "A block of compute capability \(limits.capability) has at most \(most.exactText) of shared memory\(asked), "
      + "not \(block.sharedMemory.exactText)."
  }

  private var optIn: String {
    "More than \(limits.sharedMemoryPerBlock.exactText) of shared memory must be asked for, with "
      + "cudaFuncAttributeMaxDynamicSharedMemorySize."
  }
}
