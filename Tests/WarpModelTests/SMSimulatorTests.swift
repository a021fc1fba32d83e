import Cluster
import Testing
import WarpModel

@Suite struct SMSimulatorTests {
  private typealias K = WarpKernels

  @Test("the same input gives the same bits", arguments: architectures)
  func determinism(_ name: String) throws {
    let machine = try machine(name)
    for kernel in KernelCases.all(machine) { #expect(kernel.run(machine) == kernel.run(machine), "\(kernel)") }
    // Not for want of anything to differ in.
    let tile = KernelCase(K.simtMatmulTile(tm: 64, tn: 64, warps: 4, k: 256), 4)
    #expect(tile.run(machine).counters != tile.run(machine) { $0.policy = .looseRoundRobin }.counters)
  }

  @Test("no run is shorter than any resource needs", arguments: architectures)
  func bounds(_ name: String) throws {
    let machine = try machine(name)
    for kernel in KernelCases.all(machine) {
      let run = kernel.run(machine)
      // Strict where every clock was simulated; a repeated steady state is as exact as what it repeats.
      let slack = Double(run.simulatedCycles) == run.cycles ? 1 : 1.015
      for (resource, clocks) in kernel.equation(machine).bounds {
        #expect(run.cycles * slack >= clocks - 1, "\(kernel): \(resource.name)")
      }
    }
    // A mutant: the bounds of one more iteration do not hold.
    let (short, long) = (K.fmaChain(warps: 16, parallel: 8, length: 64), K.fmaChain(warps: 16, parallel: 8, length: 72))
    #expect(KernelCase(short).run(machine).cycles < KernelCase(long).equation(machine).bounds[.fma]!)
  }

  @Test("what is issued is what the programs say, and every slot is accounted for", arguments: architectures)
  func totals(_ name: String) throws {
    let machine = try machine(name)
    for kernel in KernelCases.all(machine) {
      let run = kernel.run(machine)
      let counted = Double(kernel.block.issued * kernel.blocks)
      #expect(abs(run.issued / counted - 1) < 1e-9, "\(kernel)")
      #expect(abs(run.counters.slots[StallReason.selected.rawValue] / counted - 1) < 1e-9, "\(kernel)")
      let slots = run.cycles * machine.issueRate
      #expect(abs(run.slots - slots) <= slots * 0.001 + 8, "\(kernel)")
    }
    let (short, long) = (K.fmaChain(warps: 4, parallel: 1, length: 64), K.fmaChain(warps: 4, parallel: 1, length: 72))
    #expect(KernelCase(long).run(machine).issued != Double(short.issued))
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
    // A mutant: warps that share one bank are slower the more there are, for the whole, not for each.
    let (one, two) = (KernelCase(K.sharedReads(stride: 32, warps: 4)), KernelCase(K.sharedReads(stride: 32, warps: 8)))
    #expect(two.run(machine).cycles > 1.9 * one.run(machine).cycles)
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
