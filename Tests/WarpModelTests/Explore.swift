import Cluster
import Testing
import WarpModel

@Test func explore() throws {
  let catalogue = try GPUCatalogue.builtIn()
  let clock = ContinuousClock()
  for name in ["V100", "A100", "H100", "GeForce RTX 4090", "P100"] {
    guard let gpu = catalogue.gpus.first(where: { $0.name == name || $0.aliases.contains(name) }) else { print("no \(name)"); continue }
    let m = try SMMachine(gpu)
    print("==", gpu.name, "L2 \(m.l2Port) DRAM \(m.dramPort) B/clk")
    for (block, resident, blocks) in cases(m) {
      let sim = SMSimulator(m, policy: .looseRoundRobin)
      var run: SMRun!
      let time = clock.measure { run = sim.run(block, resident: resident, blocks: blocks) }
      var eq: SteadyState!
      let time2 = clock.measure { eq = SteadyState(block, on: m, resident: resident, blocks: blocks) }
      let err = eq.cycles / run.cycles - 1
      let ub = eq.bounds.values.max()!
      let flag = abs(err) > 0.10 ? " <<<<" : ""
      func ms(_ d: Duration) -> Double { Double(d.components.attoseconds) * 1e-15 }
      func r(_ x: Double, _ k: Double = 1000) -> Double { (x * k).rounded() / k }
      print("\(block.name) W\(block.warps) r\(resident) b\(blocks): sim \(run.cycles.rounded()) eq \(eq.cycles.rounded()) (bound \(ub.rounded()) lat \(eq.latency.rounded())) err \(r(err*100,10))% issue \(r(run.issueUtilisation)) [\(run.simulatedCycles) clk, \(r(ms(time),100)) ms, eq \(r(ms(time2),100)) ms]\(flag)")
    }
  }
}

func cases(_ m: SMMachine) -> [(BlockProgram, Int, Int)] {
  typealias K = WarpKernels
  var all: [(BlockProgram, Int, Int)] = [
    (K.fmaChain(warps: 1, parallel: 1), 1, 1), (K.fmaChain(warps: 8, parallel: 1), 1, 1), (K.fmaChain(warps: 16, parallel: 4), 1, 1),
    (K.specialChain(warps: 8, parallel: 2), 1, 1),
    (K.pointerChase(.dram), 1, 1), (K.pointerChase(.l2, warps: 16), 1, 1), (K.pointerChase(.l1, warps: 8), 2, 2),
    (K.sharedReads(stride: 1, warps: 8), 1, 1), (K.sharedReads(stride: 2, warps: 8), 1, 1), (K.sharedReads(stride: 32, warps: 4), 1, 1),
    (K.divergent(branches: 4, warps: 8), 1, 1), (K.divergent(branches: 1, warps: 16), 1, 1),
    (K.sharedTranspose(padded: false), 4, 200), (K.sharedTranspose(padded: true), 4, 200),
    (K.elementwise(), 6, 300), (K.elementwise(size: 4, inputs: 2), 6, 300), (K.elementwise(size: 4, inputs: 1), 2, 100),
    (K.elementwise(size: 16, inputs: 1, operations: 8, specials: 4), 4, 200),
    (K.elementwise(size: 16, inputs: 1, operations: 64), 4, 200),
    (K.stridedCopy(stride: 1), 6, 200), (K.stridedCopy(stride: 2), 6, 200), (K.stridedCopy(stride: 32), 6, 100),
    (K.reduction(), 4, 100), (K.reduction(perThread: 1024), 4, 4), (K.reduction(threads: 128, perThread: 256, size: 4), 1, 20),
    (K.softmaxRow(columns: 4096, mapping: .parallel), 4, 400), (K.softmaxRow(columns: 1024, mapping: .parallel, threads: 128), 8, 400),
    (K.softmaxRow(columns: 4096, mapping: .serial, threads: 64), 1, 1), (K.softmaxRow(columns: 1024, mapping: .serial, threads: 256), 2, 4),
    (K.naiveMatmul(k: 1024), 1, 2), (K.naiveMatmul(k: 1024, threads: 256), 4, 8),
    (K.tiledMatmul(k: 1024, tile: 32), 1, 2), (K.tiledMatmul(k: 1024, tile: 16), 4, 8),
    (K.simtMatmulTile(tm: 128, tn: 128, k: 2048), 1, 1), (K.simtMatmulTile(tm: 128, tn: 128, k: 2048), 2, 2),
    (K.simtMatmulTile(tm: 64, tn: 64, warps: 4, k: 1024), 4, 4), (K.simtMatmulTile(tm: 64, tn: 128, warps: 4, k: 1024), 2, 4),
    (K.simtMatmulTile(tm: 32, tn: 128, warps: 4, k: 512), 2, 2),
  ]
  if m.supportsMMA {
    let a = m.supportsAsyncCopy
    all += [
      (K.mmaMatmulTile(tm: 128, tn: 128, warpsM: 2, warpsN: 2, k: 4096, asyncCopies: a), 1, 1),
      (K.mmaMatmulTile(tm: 128, tn: 128, warpsM: 2, warpsN: 4, stages: 4, k: 4096, asyncCopies: a), 2, 2),
      (K.mmaMatmulTile(tm: 128, tn: 256, warpsM: 2, warpsN: 4, k: 4096, asyncCopies: a), 1, 1),
      (K.mmaMatmulTile(tm: 64, tn: 64, warpsM: 2, warpsN: 2, k: 2048, asyncCopies: a), 3, 3),
    ]
  }
  if m.supportsAsyncMMA {
    all += [(K.wgmmaMatmulTile(tm: 128, tn: 256, k: 8192), 1, 1), (K.wgmmaMatmulTile(tm: 128, tn: 128, k: 4096), 2, 4), (K.wgmmaMatmulTile(tm: 64, tn: 256, stages: 2, k: 2048), 1, 1)]
  }
  return all
}
