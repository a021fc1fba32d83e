import Cluster
import Quantities
import Testing
import WarpModel

/// What every textbook says of warps and memory, as numbers that the simulator must give.
@Suite struct TextbookTests {
  private typealias K = WarpKernels

  @Test("a coalesced warp touches 4 sectors, stride 2 touches 8, stride 8 and more 32: eight times the traffic")
  func coalescing() throws {
    let sectors = [1, 2, 4, 8, 32].map { AddressPattern.strided(4 * $0).sectors(size: 4) }
    #expect(sectors == [4, 8, 16, 32, 32])
    #expect(AddressPattern.strided(0).sectors(size: 4) == 1)
    let machine = try machine("A100 SXM4 80GB")
    let bytes = [1, 2, 32].map { KernelCase(K.stridedCopy(stride: $0), 4, of: 40).run(machine) }
    #expect(bytes[1].counters.dramBytes == 2 * bytes[0].counters.dramBytes)
    #expect(bytes[2].counters.dramBytes == 8 * bytes[0].counters.dramBytes)
    #expect(bytes[2].counters.requestedBytes == bytes[0].counters.requestedBytes)
    #expect(bytes[2].cycles > 7 * bytes[0].cycles)
  }

  @Test("stride 2 is a 2-way bank conflict, stride 32 a 32-way one, and padding removes it")
  func bankConflicts() throws {
    let wavefronts = [1, 2, 4, 16, 32, 33].map { AddressPattern.strided(4 * $0).wavefronts(size: 4) }
    #expect(wavefronts == [1, 2, 4, 16, 32, 1])
    #expect(AddressPattern.strided(0).wavefronts(size: 4) == 1)
    #expect(AddressPattern.strided(16).wavefronts(size: 16) == 4)
    let machine = try machine("A100 SXM4 80GB")
    let cycles = [1, 2, 32, 33].map { KernelCase(K.sharedReads(stride: $0, warps: 16)).run(machine).cycles }
    #expect(abs(cycles[1] / cycles[0] - 2) < 0.05)
    #expect(abs(cycles[2] / cycles[0] - 32) < 0.5)
    #expect(cycles[3] == cycles[0])
  }

  @Test("a padded shared tile transposes without conflicts, and sooner")
  func transpose() throws {
    let machine = try machine("V100")
    let plain = KernelCase(K.sharedTranspose(padded: false)).run(machine)
    let padded = KernelCase(K.sharedTranspose(padded: true)).run(machine)
    #expect(plain.counters.conflicts == 32 * 31)
    #expect(padded.counters.conflicts == 0)
    #expect(plain.cycles > padded.cycles + 500)
  }

  @Test("a branch with k sides issues k times the instructions, 32/k lanes in each", arguments: [2, 4, 8, 32])
  func divergence(_ branches: Int) throws {
    let machine = try machine("H100 SXM5 80GB")
    let straight = KernelCase(K.divergent(branches: 1, warps: 16)).run(machine)
    let diverged = KernelCase(K.divergent(branches: branches, warps: 16)).run(machine)
    #expect(diverged.issued(.fma) == Double(branches) * straight.issued(.fma))
    #expect(abs(diverged.cycles / straight.cycles / Double(branches) - 1) < 0.02)
    #expect(abs(diverged.laneUtilisation * Double(branches) - 1) < 0.05)
  }

  @Test(
    "with enough warps, FMA reaches lanes x 2 FLOPs a clock", arguments: architectures + ["P100", "GeForce GTX 480"])
  func peakFMA(_ name: String) throws {
    let machine = try machine(name)
    let run = KernelCase(K.fmaChain(warps: 16, parallel: 8, length: 512)).run(machine)
    #expect(abs(run.flopsPerClock / machine.peakFMAFLOPs - 1) < 0.02)
    let starved = KernelCase(K.fmaChain(warps: 2, parallel: 1, length: 512)).run(machine)
    #expect(starved.flopsPerClock < 0.3 * machine.peakFMAFLOPs)
  }

  @Test("Little's law: w warps with one chain each issue w / latency, until the pipe is full", arguments: architectures)
  func latencyHiding(_ name: String) throws {
    let machine = try machine(name)
    let pipe = machine.fmaLanes / 32
    for warps in [4, 8, 12, 16, 32] {
      let run = KernelCase(K.fmaChain(warps: warps, parallel: 1, length: 512)).run(machine)
      let little = min(Double(warps) / Double(machine.latency.fma), pipe)
      #expect(abs(run.issued(.fma) / run.cycles / little - 1) < 0.02, "\(warps) warps")
    }
  }

  @Test("1,024 threads are 32 warps, issued in turn")
  func bigBlock() throws {
    let machine = try machine("A100 SXM4 80GB")
    let add = Instruction(.fma, to: 0, from: [1, 2])
    let block = BlockProgram("one instruction", warps: 1024 / 32, WarpProgram(body: [add], iterations: 10))
    let run = SMSimulator(machine, policy: .looseRoundRobin).run(block)
    #expect(run.issued(.fma) == 32 * 10)
    for scheduler in 0..<4 {
      let first = run.timeline.filter { $0.scheduler == scheduler }.prefix(8).map(\.warp)
      #expect(first == (0..<8).map { scheduler + 4 * $0 })
    }
    let greedy = SMSimulator(machine, policy: .greedyThenOldest).run(block)
    #expect(greedy.timeline.filter { $0.scheduler == 0 }.prefix(8).map(\.warp) != (0..<8).map { 4 * $0 })
  }

  @Test("a tiled product asks global memory for 1/tile of what the naive one asks", arguments: [16, 32])
  func tiling(_ tile: Int) throws {
    let machine = try machine("A100 SXM4 80GB")
    let naive = KernelCase(K.naiveMatmul(k: 1024, threads: tile * tile)).run(machine)
    let tiled = KernelCase(K.tiledMatmul(k: 1024, tile: tile)).run(machine)
    let stored = Double(4 * tile * tile)
    #expect(tiled.counters.requestedBytes - stored == (naive.counters.requestedBytes - stored) / Double(tile))
    #expect(tiled.counters.l2Bytes < naive.counters.l2Bytes / 4)
  }

  @Test("softmax of 4,096 columns: a block a row is ten times faster than a thread a row")
  func softmax() throws {
    let gpu = try GPUCatalogue.builtIn().gpus.first { $0.name == "A100 SXM4 80GB" }!
    let machine = try SMMachine(gpu)
    // A matrix of 4,096 rows over the SMs of the whole GPU.
    let rows = (4096 + gpu.multiprocessors - 1) / gpu.multiprocessors
    let parallel = KernelCase(K.softmaxRow(columns: 4096, mapping: .parallel), 4, of: rows).run(machine)
    let serial = KernelCase(K.softmaxRow(columns: 4096, mapping: .serial, threads: (rows + 31) / 32 * 32)).run(machine)
    #expect(serial.cycles > 10 * parallel.cycles)
    let peak = gpu.memoryBandwidth.bytesPerSecond / Double(gpu.multiprocessors) / machine.clock
    let useful = Double(rows * 4096 * 8)
    let (fast, slow) = (useful / parallel.cycles / peak, useful / serial.cycles / peak)
    print("softmax 4096 on A100: \(serial.cycles / parallel.cycles) times; bandwidth use \(slow) and \(fast)")
    #expect(slow < 0.30)
    #expect((0.75...0.90).contains(fast))
  }
}
