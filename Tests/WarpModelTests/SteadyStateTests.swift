import Cluster
import Quantities
import Testing
import WarpModel

@Suite struct SteadyStateTests {
  private typealias Simulated = (kernel: KernelCase, cycles: Double)

  /// The kernel on which equation and simulator differ most.
  private func worst(_ runs: [Simulated], _ machine: SMMachine) -> (kernel: KernelCase, error: Double) {
    let errors = runs.map { ($0.kernel, $0.kernel.equation(machine).cycles / $0.cycles - 1) }
    return errors.max { abs($0.1) < abs($1.1) }!
  }

  @Test("the closed form agrees with the simulator within 10 % on every kernel", arguments: architectures)
  func agreement(_ name: String) throws {
    let machine = try machine(name)
    let runs = KernelCases.all(machine).map { ($0, $0.run(machine).cycles) }
    #expect(runs.count >= 30)
    let (kernel, error) = worst(runs, machine)
    print("\(name): worst of \(runs.count) kernels is \(kernel), \(fixed(error * 100, decimals: 1)) %")
    #expect(abs(error) < 0.10, "\(kernel)")
    // Mutants that must be caught: equations of a machine with half the shared-memory port, or twice the DRAM latency.
    var narrow = machine
    narrow.sharedPort /= 2
    var slow = machine
    slow.latency.dram *= 2
    #expect(abs(worst(runs, narrow).error) > 0.10)
    #expect(abs(worst(runs, slow).error) > 0.10)
  }

  @Test("blocks that may fall into step are the equations' known weakness", arguments: architectures)
  func convoys(_ name: String) throws {
    let machine = try machine(name)
    let (kernel, error) = worst(KernelCases.convoys.map { ($0, $0.run(machine).cycles) }, machine)
    print("\(name): worst convoy is \(kernel), \(fixed(error * 100, decimals: 1)) %")
    #expect(abs(error) < 0.16, "\(kernel)")
  }

  @Test("the closed form names what limits")
  func limiters() throws {
    let machine = try machine("A100 SXM4 80GB")
    #expect(KernelCase(WarpKernels.elementwise(), 6, of: 300).equation(machine).limiter == .dram)
    #expect(KernelCase(WarpKernels.fmaChain(warps: 32, parallel: 4)).equation(machine).limiter == .fma)
    #expect(KernelCase(WarpKernels.sharedReads(stride: 32, warps: 8)).equation(machine).limiter == .memory)
    #expect(KernelCase(WarpKernels.pointerChase(.dram)).equation(machine).limiter == nil)
  }
}
