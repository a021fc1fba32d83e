import Cluster
import Foundation
import GPUModel
import Quantities
import Testing

/// One case of NVIDIA's calculator: what a block asks for, and what must come out.
struct OccupancyVector: CustomStringConvertible {
  var capability: ComputeCapability
  var name: String
  var block: BlockResources
  var mostWarps, blocks, warps: Int
  var fraction: Double
  var limitWarps: Int
  var limitRegisters, limitSharedMemory: Int?
  var limitBlocks: Int

  var description: String { "\(capability) \(name)" }

  /// The columns after the first two are threads, registers, static and dynamic shared memory, then what comes out; an empty limit
  /// is none.
  init(row: Substring) {
    let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let numbers = cells.map { Int($0) }
    (capability, name) = (ComputeCapability(cells[0])!, cells[1])
    block = BlockResources(
      threads: numbers[2]!, registersPerThread: numbers[3]!, staticSharedMemory: ByteCount(numbers[4]!),
      dynamicSharedMemory: ByteCount(numbers[5]!))
    (mostWarps, blocks, warps, fraction) = (numbers[6]!, numbers[7]!, numbers[8]!, Double(cells[9])!)
    (limitWarps, limitRegisters, limitSharedMemory, limitBlocks) = (
      numbers[10]!, numbers[11], numbers[12], numbers[13]!
    )
  }

  static let all: [OccupancyVector] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/occupancy_vectors.csv")
    let text = try! String(contentsOf: file, encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map { OccupancyVector(row: $0) }
  }()

  /// What is wrong with the occupancy of this case on these limits, if anything.
  func fault(on limits: MultiprocessorLimits) -> String? {
    let found = Occupancy(block, on: limits)
    let pairs: [(String, Int?, Int?)] = [
      ("warps per SM", limits.warps, mostWarps), ("blocks", found.blocks, blocks), ("warps", found.warps, warps),
      ("limit of warps", found.limitWarps, limitWarps), ("limit of registers", found.limitRegisters, limitRegisters),
      ("limit of shared memory", found.limitSharedMemory, limitSharedMemory),
      ("limit of blocks", found.limitBlocks, limitBlocks),
      ("occupancy, 1/10,000", tenThousandths(found.fraction), tenThousandths(fraction)),
    ]
    guard let wrong = pairs.first(where: { $0.1 != $0.2 }) else { return nil }
    let texts = [wrong.1, wrong.2].map { $0.map(String.init) ?? "none" }
    return "\(self): \(wrong.0) \(texts[0]), not \(texts[1])"
  }
}

/// Four decimals are listed, and 0.28125 as 0.2812.
private func tenThousandths(_ fraction: Double) -> Int { Int((fraction * 10_000).rounded(.toNearestOrEven)) }

/// A rule gone wrong, which the cases must notice.
struct Mutant: CustomTestStringConvertible {
  var testDescription: String
  var change: @Sendable (inout MultiprocessorLimits) -> Void

  init(_ name: String, _ change: @escaping @Sendable (inout MultiprocessorLimits) -> Void) {
    (testDescription, self.change) = (name, change)
  }

  static let all = [
    Mutant("coarser register granularity") { $0.registerGranularity *= 2 },
    Mutant("finer register granularity") { $0.registerGranularity /= 2 },
    Mutant("Fermi without coarse counts") { $0.coarseRegisterCounts = [] },
    Mutant("one partition") { ($0.partitions, $0.forwardPartitions) = (1, 1) },
    Mutant("registers of a block") { $0.registersPerBlock /= 2 },
    Mutant("registers") { $0.registers /= 2 },
    Mutant("registers of a thread") { $0.allocatableRegistersPerThread = 128 },
    Mutant("nothing reserved") { $0.sharedMemoryReserved = .zero },
    Mutant("shared memory granularity") { $0.sharedMemoryGranularity = ByteCount(1024) },
    Mutant("no opt-in") { $0.sharedMemoryPerBlockOptIn = $0.sharedMemoryPerBlock },
    Mutant("shared memory") { $0.sharedMemory = ByteCount($0.sharedMemory.value / 2) },
    Mutant("blocks") { $0.blocks -= 1 },
    Mutant("threads") { $0.threads -= 32 },
  ]
}
