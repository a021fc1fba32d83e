import Cluster
import WarpModel

/// The SM of a GPU of the built-in catalogue.
func machine(_ name: String) throws -> SMMachine {
  let gpus = try GPUCatalogue.builtIn().gpus
  guard let gpu = gpus.first(where: { $0.name == name || $0.aliases.contains(name) }) else {
    throw GPUError("no GPU is called \(name)")
  }
  return try SMMachine(gpu)
}

let architectures = ["V100", "A100 SXM4 80GB", "H100 SXM5 80GB", "GeForce RTX 4090"]

/// A kernel, and how its blocks lie on the SM.
struct KernelCase: CustomStringConvertible {
  var block: BlockProgram
  var resident: Int, blocks: Int
  var description: String { "\(block.name), \(resident) of \(blocks) blocks x \(block.warps) warps" }

  init(_ block: BlockProgram, _ resident: Int = 1, of blocks: Int? = nil) {
    (self.block, self.resident, self.blocks) = (block, resident, blocks ?? resident)
  }

  func run(_ machine: SMMachine, _ configure: (inout SMSimulator) -> Void = { _ in }) -> SMRun {
    var simulator = SMSimulator(machine)
    configure(&simulator)
    return simulator.run(block, resident: resident, blocks: blocks)
  }

  func equation(_ machine: SMMachine) -> SteadyState {
    SteadyState(block, on: machine, resident: resident, blocks: blocks)
  }
}

enum KernelCases {
  typealias K = WarpKernels

  static func all(_ machine: SMMachine) -> [KernelCase] {
    micro + streaming + rows + products + tensor(machine)
  }

  static let micro = [
    KernelCase(K.fmaChain(warps: 1, parallel: 1)), KernelCase(K.fmaChain(warps: 8, parallel: 1)),
    KernelCase(K.fmaChain(warps: 16, parallel: 4)), KernelCase(K.specialChain(warps: 8, parallel: 2)),
    KernelCase(K.pointerChase(.dram)), KernelCase(K.pointerChase(.l2, warps: 16)),
    KernelCase(K.pointerChase(.l1, warps: 8), 2), KernelCase(K.sharedReads(stride: 1, warps: 8)),
    KernelCase(K.sharedReads(stride: 2, warps: 8)), KernelCase(K.sharedReads(stride: 32, warps: 4)),
    KernelCase(K.divergent(branches: 4, warps: 8)), KernelCase(K.divergent(branches: 1, warps: 16)),
    KernelCase(K.sharedTranspose(padded: false), 1, of: 50), KernelCase(K.sharedTranspose(padded: true), 4, of: 200),
  ]

  static let streaming = [
    KernelCase(K.elementwise(), 6, of: 300), KernelCase(K.elementwise(size: 4, inputs: 2), 6, of: 300),
    KernelCase(K.elementwise(size: 4), 2, of: 100),
    KernelCase(K.elementwise(operations: 8, specials: 4), 4, of: 200),
    KernelCase(K.elementwise(operations: 64), 4, of: 200),
    KernelCase(K.stridedCopy(stride: 1), 6, of: 200), KernelCase(K.stridedCopy(stride: 2), 6, of: 200),
    KernelCase(K.stridedCopy(stride: 32), 6, of: 100),
    KernelCase(K.reduction(), 4, of: 100), KernelCase(K.reduction(perThread: 1024), 4),
    KernelCase(K.reduction(threads: 128, perThread: 256, size: 4), 1, of: 20),
  ]

  static let rows = [
    KernelCase(K.softmaxRow(columns: 4096, mapping: .parallel), 4, of: 400),
    KernelCase(K.softmaxRow(columns: 1024, mapping: .parallel, threads: 128), 8, of: 400),
    KernelCase(K.softmaxRow(columns: 4096, mapping: .serial, threads: 64)),
    KernelCase(K.softmaxRow(columns: 1024, mapping: .serial), 2, of: 4),
  ]

  static let products = [
    KernelCase(K.naiveMatmul(k: 1024), 1, of: 2), KernelCase(K.naiveMatmul(k: 1024, threads: 256), 4, of: 8),
    KernelCase(K.tiledMatmul(k: 1024, tile: 32), 1, of: 2), KernelCase(K.tiledMatmul(k: 1024, tile: 16)),
    KernelCase(K.tiledMatmul(k: 1024, tile: 16), 2), KernelCase(K.tiledMatmul(k: 1024, tile: 16), 6),
    KernelCase(K.simtMatmulTile(tm: 128, tn: 128, k: 2048)), KernelCase(K.simtMatmulTile(tm: 128, tn: 128, k: 2048), 2),
    KernelCase(K.simtMatmulTile(tm: 64, tn: 64, warps: 4, k: 1024), 4),
    KernelCase(K.simtMatmulTile(tm: 64, tn: 128, warps: 4, k: 1024), 2, of: 4),
    KernelCase(K.simtMatmulTile(tm: 32, tn: 128, warps: 4, k: 512), 4),
  ]

  /// A few blocks whose waits and work are as long as each other: whether they fall into step is chance.
  static let convoys = [
    KernelCase(K.sharedTranspose(padded: false), 4, of: 200), KernelCase(K.tiledMatmul(k: 1024, tile: 16), 4, of: 8),
    KernelCase(K.simtMatmulTile(tm: 32, tn: 128, warps: 4, k: 512), 2),
  ]

  static func tensor(_ machine: SMMachine) -> [KernelCase] {
    let copies = machine.supportsAsyncCopy
    let mma = [
      KernelCase(K.mmaMatmulTile(tm: 128, tn: 128, k: 4096, asyncCopies: copies)),
      KernelCase(K.mmaMatmulTile(tm: 128, tn: 128, warpsN: 4, stages: 4, k: 4096, asyncCopies: copies), 2),
      KernelCase(K.mmaMatmulTile(tm: 128, tn: 256, warpsN: 4, k: 4096, asyncCopies: copies)),
      KernelCase(K.mmaMatmulTile(tm: 64, tn: 64, k: 2048, asyncCopies: copies), 3),
    ]
    let wgmma = [
      KernelCase(K.wgmmaMatmulTile(tm: 128, tn: 256, k: 8192)),
      KernelCase(K.wgmmaMatmulTile(tm: 128, tn: 128, k: 4096), 2, of: 4),
      KernelCase(K.wgmmaMatmulTile(tm: 64, tn: 256, stages: 2, k: 2048)),
    ]
    return (machine.supportsMMA ? mma : []) + (machine.supportsAsyncMMA ? wgmma : [])
  }
}
