import Cluster
import Testing
import WarpModel

@Suite struct SMSimulatorTests {
  private typealias K = WarpKernels

  @Test(
    "every run repeats bit by bit, issues what its program says, and is no shorter than any resource needs",
    arguments: architectures)
  func laws(_ name: String) throws {
    let machine = try machine(name)
    for kernel in KernelCases.all(machine) {
      let run = kernel.run(machine)
      let again = kernel.run(machine) == run
      let holds = (again, issuesWhatItsProgramSays(run, kernel), isNoShorterThanItsBounds(run, kernel))
      #expect(holds == (true, true, true), "\(kernel)")
    }
  }

  @Test("the laws catch a machine that breaks them")
  func mutants() throws {
    let machine = try machine("A100 SXM4 80GB")
    let tile = KernelCase(K.simtMatmulTile(tm: 64, tn: 64, warps: 4, k: 128), 4)
    let run = tile.run(machine)
    let holds = issuesWhatItsProgramSays(run, tile) && isNoShorterThanItsBounds(run, tile)
    #expect(holds)
    // Another order of warps is another run.
    let other = tile.run(machine) { $0.policy = .looseRoundRobin }
    #expect(run.cycles != other.cycles)
    // A program of one longer loop issues more, and needs longer.
    let longer = KernelCase(K.simtMatmulTile(tm: 64, tn: 64, warps: 4, k: 192), 4)
    let more = (issuesWhatItsProgramSays(run, longer), isNoShorterThanItsBounds(run, longer))
    #expect(more == (false, false))
    // A slot that is not accounted for.
    var leak = run
    leak.counters.slots[StallReason.barrier.rawValue] -= 100
    let leaks = issuesWhatItsProgramSays(leak, tile)
    #expect(!leaks)
  }

  /// Whole instructions, and every scheduler slot has its use or its reason, but for the last clock.
  private func issuesWhatItsProgramSays(_ run: SMRun, _ kernel: KernelCase) -> Bool {
    let counted = Double(kernel.block.issued * kernel.blocks)
    let slots = run.cycles * run.machine.issueRate
    return abs(run.issued / counted - 1) < 1e-9
      && abs(run.counters.slots[StallReason.selected.rawValue] / counted - 1) < 1e-9
      && abs(run.slots - slots) <= slots * 1e-9 + Double(run.machine.schedulers)
  }

  /// Strict where every clock was simulated; a repeated steady state is as exact as what it repeats.
  private func isNoShorterThanItsBounds(_ run: SMRun, _ kernel: KernelCase) -> Bool {
    let slack = Double(run.simulatedCycles) == run.cycles ? 1 : 1.015
    return kernel.equation(run.machine).bounds.values.allSatisfy { run.cycles * slack >= $0 - 1 }
  }

  @Test("a repeated steady state agrees with the whole run", arguments: architectures)
  func extrapolation(_ name: String) throws {
    let machine = try machine(name)
    for kernel in KernelCases.streaming.prefix(4) + KernelCases.rows.prefix(1) + KernelCases.products.suffix(1) {
      let (cut, whole) = (kernel.run(machine), kernel.run(machine) { $0.budget = .max / 4 })
      #expect(Double(whole.simulatedCycles) == whole.cycles)
      #expect(abs(cut.cycles / whole.cycles - 1) < 0.05, "\(kernel): \(cut.cycles) \(whole.cycles)")
      #expect(abs(cut.counters.dramBytes / whole.counters.dramBytes - 1) < 1e-9)
    }
  }

  @Test("more warps are never slower for each unit of work", arguments: architectures)
  func moreWarps(_ name: String) throws {
    let machine = try machine(name)
    let kernels: [(Int) -> KernelCase] = [
      { KernelCase(K.fmaChain(warps: 4 * $0, parallel: 2)) }, { KernelCase(K.pointerChase(.l2, warps: 4 * $0)) },
      { KernelCase(K.sharedReads(stride: 1, warps: 4 * $0)) }, { KernelCase(K.elementwise(), $0, of: 120) },
      { KernelCase(K.softmaxRow(columns: 1024, mapping: .parallel, threads: 128), $0, of: 120) },
    ]
    for kernel in kernels {
      let each = [1, 2, 3, 4, 6].map { count in
        let kernel = kernel(count)
        return kernel.run(machine).cycles / Double(kernel.block.warps * kernel.blocks)
      }
      for (fewer, more) in zip(each, each.dropFirst()) { #expect(more <= fewer * 1.01, "\(kernel(1)): \(each)") }
    }
  }

  @Test("producers and consumers wait for one another, and a ring of more stages hides more latency")
  func stages() throws {
    let machine = try machine("H100 SXM5 80GB")
    let cycles = [2, 3, 4].map {
      KernelCase(K.wgmmaMatmulTile(tm: 128, tn: 128, stages: $0, k: 4096)).run(machine).cycles
    }
    #expect(cycles[0] > 1.3 * cycles[1])
    #expect(cycles[1] >= cycles[2])
    let blackwell = try self.blackwell()
    let run = KernelCase(K.tcgen05MatmulTile(tn: 256, k: 8192)).run(blackwell)
    #expect(run.utilisation(.tensor) > 0.8)
  }

  private func blackwell() throws -> SMMachine { try machine("B200 SXM 180GB") }
}
