import Cluster
import GPUModel
import Quantities

/// What `orrery occupancy --json` prints. A limit that is absent from `limits` does not limit.
struct OccupancyRecord: Encodable {
  struct BlockSize: Encodable {
    var threads, blocks, warps: Int
    var occupancy: Double
    var limiters: [String]

    init(_ threads: Int, _ occupancy: Occupancy) {
      (self.threads, blocks, warps) = (threads, occupancy.blocks, occupancy.warps)
      (self.occupancy, limiters) = (occupancy.fraction, occupancy.limiters.map(\.key))
    }
  }

  var gpu: String?
  var computeCapability: String
  var registersPerThread, sharedMemoryBytes: Int
  var carveoutBytes: Int?
  var result: BlockSize
  var limits: [String: Int]
  var mostWarps, allocatedRegisters, allocatedSharedMemoryBytes, sharedMemoryPoolBytes: Int
  var blockSizes: [BlockSize]

  init(_ request: OccupancyRequest) {
    let (block, occupancy) = (request.block, request.occupancy)
    (gpu, computeCapability) = (request.gpu, request.limits.capability.description)
    (registersPerThread, sharedMemoryBytes) = (block.registersPerThread, block.sharedMemory.value)
    carveoutBytes = request.carveout?.value
    result = BlockSize(block.threads, occupancy)
    let limits = Occupancy.Limiter.allCases.compactMap { limiter in occupancy.limit(limiter).map { (limiter.key, $0) } }
    self.limits = Dictionary(uniqueKeysWithValues: limits)
    (mostWarps, allocatedRegisters) = (request.limits.warps, occupancy.allocatedRegisters)
    allocatedSharedMemoryBytes = occupancy.allocatedSharedMemory.value
    sharedMemoryPoolBytes = occupancy.sharedMemoryPool.value
    let sizes = Occupancy.sizes(of: block, on: request.limits, carveout: request.carveout)
    blockSizes = sizes.map { BlockSize($0.block.threads, $0.occupancy) }
  }
}

extension Occupancy.Limiter {
  fileprivate var key: String { rawValue.replacing(" ", with: "_") }
}
