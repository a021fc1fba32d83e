import Cluster
import Quantities
import Testing

let catalogue = try! GPUCatalogue.builtIn()

extension GPU: CustomTestStringConvertible {
  public var testDescription: String { name }
}

@Suite struct CatalogueTests {
  @Test(arguments: [
    (Generation.fermi, ["GTX 480", "C2050", "M2090"]), (.kepler, ["K80"]), (.maxwell, ["M40", "GTX TITAN X"]),
    (.pascal, ["P4", "P40", "P100", "P100 SXM2", "GTX 1080 Ti", "TITAN X (Pascal)", "TITAN Xp"]),
    (.volta, ["V100 SXM2 16GB", "V100 SXM2 32GB", "V100 PCIe 16GB", "V100 PCIe 32GB"]),
    (
      .turing,
      ["T4", "RTX 2080 Ti", "Quadro RTX 4000", "Quadro RTX 5000", "Quadro RTX 6000", "Quadro RTX 8000"]
    ),
    (
      .ampere,
      [
        "A100 SXM4 40GB", "A100 SXM4 80GB", "A100 PCIe 40GB", "A100 PCIe 80GB", "A800 SXM4 80GB", "A800 PCIe 80GB",
        "A30",
      ]
    ),
    (.ampereGA10x, ["RTX 3090", "A2", "A10", "A40"]),
    (
      .ada,
      [
        "RTX 4090", "L4", "L20", "L40", "L40S", "RTX 4000 Ada", "RTX 5000 Ada", "RTX 5880 Ada", "RTX 6000 Ada",
      ]
    ),
    (.hopper, ["H100 SXM5 80GB", "H100 PCIe", "H100 NVL", "H800", "H20", "H200", "GH200"]),
    (.blackwell, ["B100", "B200", "B300", "GB200", "GB300"]),
    (.blackwellGB20x, ["RTX 5090", "RTX 5080", "RTX 5070 Ti", "RTX PRO 6000"]),
  ])
  func `every generation has its GPUs, each by its own name`(_ generation: Generation, names: [String]) throws {
    let found = try names.map { try catalogue.gpu(named: $0) }
    #expect(found.allSatisfy { $0.generation == generation })
    #expect(Set(found.map(\.name)).count == names.count)
  }

  @Test func `no two GPUs share a name, whatever its spelling`() throws {
    let names = catalogue.gpus.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names.map { GPUName($0) }).count == names.count)
    #expect(throws: Never.self) { try catalogue.refuseSharedNames() }
    let twice = GPUCatalogue([catalogue.gpus[0], catalogue.gpus[0]])
    #expect(throws: GPUError("GeForce GTX 480: aliases: 'gtx 480' is a name of GeForce GTX 480 already")) {
      try twice.refuseSharedNames()
    }
  }

  @Test(arguments: catalogue.gpus)
  func `the peaks of tensor cores are what SMs and clock come to`(_ gpu: GPU) {
    guard gpu.supportsTensorCores else {
      #expect(gpu.tensorCores == 0 && gpu.capability < ComputeCapability(7, 0))
      return
    }
    let counted = Double(gpu.multiprocessors) * gpu.tensorFLOPsPerClock * gpu.boostClock.hertz
    #expect(abs(counted / gpu.matmulRates[.fp16]!.flopsPerSecond - 1) < 0.2)
    #expect([4, 8].contains(gpu.tensorCores))
  }

  /// Half the rate for TF32, twice for fp8, as on every data sheet.
  @Test(arguments: catalogue.gpus)
  func `precisions have the ratios of their generation`(_ gpu: GPU) throws {
    guard let bf16 = gpu.matmulRates[.bf16] else { return }
    #expect(bf16 == gpu.matmulRates[.fp16])
    #expect(abs(bf16 / gpu.matmulRates[.tf32]! - 2) < 0.1)
    #expect((gpu.matmulRates[.fp8] != nil) == (gpu.capability >= ComputeCapability(8, 9)))
    if let fp8 = gpu.matmulRates[.fp8] { #expect(abs(fp8 / bf16 - 2) < 0.1) }
  }

  @Test(arguments: catalogue.gpus)
  func `memory, bandwidth and caches are of their kind`(_ gpu: GPU) {
    #expect(gpu.memory >= ByteCount(1 << 30) && gpu.memory <= ByteCount(300 << 30))
    #expect(gpu.memoryBandwidth > Bandwidth(100e9) && gpu.memoryBandwidth <= Bandwidth(8e12))
    #expect(gpu.l2Bandwidth.map { $0 > gpu.memoryBandwidth } ?? true)
    #expect(gpu.l1Cache >= ByteCount(16 << 10) && gpu.l1Cache < gpu.l2Cache && gpu.l2Cache < gpu.memory)
    #expect((10...200).contains(gpu.multiprocessors) && gpu.boostClock >= gpu.baseClock ?? gpu.boostClock)
    #expect((60...1400).contains(gpu.boardPower.watts))
    #expect(!gpu.source.isEmpty && gpu.aliases.allSatisfy { !$0.isEmpty })
  }

  /// From Volta on, shared memory is a part of the L1 cache's memory.
  @Test(arguments: catalogue.gpus)
  func `a multiprocessor's cache holds its shared memory`(_ gpu: GPU) {
    guard gpu.capability >= ComputeCapability(7, 0) else { return }
    #expect(gpu.l1Cache >= gpu.limits.sharedMemory)
  }

  @Test(arguments: catalogue.gpus)
  func `a generation has one kind of multiprocessor`(_ gpu: GPU) {
    let kin = catalogue.gpus.filter { $0.generation == gpu.generation && $0.capability == gpu.capability }
    #expect(Set(kin.map(\.fp32Lanes)).count == 1 && Set(kin.map(\.l1Cache)).count == 1)
    #expect(Set(kin.map(\.tensorCores)).count == 1)
  }

  @Test func `the catalogue's order is that of its files, and of time`() {
    let order = Generation.allCases
    let places = catalogue.gpus.map { order.firstIndex(of: $0.generation)! }
    #expect(places == places.sorted())
  }
}
