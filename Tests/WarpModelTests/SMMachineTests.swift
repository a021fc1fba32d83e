import Cluster
import Testing
import WarpModel

@Suite struct SMMachineTests {
  @Test("every GPU of the catalogue has an SM whose figures are in order")
  func allMachines() throws {
    for gpu in try GPUCatalogue.builtIn().gpus {
      let machine = try SMMachine(gpu)
      #expect(machine.latency.fma < machine.latency.shared)
      #expect(machine.latency.shared <= machine.latency.l1)
      #expect(machine.latency.l1 < machine.latency.l2)
      #expect(machine.latency.l2 < machine.latency.dram)
      #expect(machine.dramPort <= machine.l2Port)
      #expect(machine.l2Port <= machine.l1Port)
      #expect(machine.supportsMMA == gpu.supportsTensorCores, "\(gpu.name)")
      #expect(!machine.source.isEmpty)
    }
    #expect(Set(try GPUCatalogue.builtIn().gpus.map(\.generation)).count == Generation.allCases.count)
  }

  @Test("fewer running SMs draw a larger share of DRAM, up to their port")
  func share() throws {
    let machine = try machine("A100 SXM4 80GB")
    #expect(abs(machine.whenActive(54, of: 108).dramPort / machine.dramPort - 2) < 1e-12)
    #expect(machine.whenActive(1, of: 108).dramPort == machine.l2Port)
  }
}
