import Foundation
import Quantities
import Yams

extension GPU {
  private static let keys = [
    "name", "aliases", "generation", "compute_capability", "multiprocessors", "boost_clock", "base_clock",
    "fp32_lanes_per_multiprocessor", "tensor_cores_per_multiprocessor", "tensor_flops_per_clock", "l1_cache",
    "l2_cache", "l2_bandwidth", "memory", "memory_bandwidth", "matmul_rates", "nvlink", "pcie", "board_power", "source",
    "notes",
  ]

  /// Reads a file of GPUs: `gpus:`, a list of entries whose quantities carry their units.
  ///
  /// - Errors: `GPUError` with file, GPU, key, value and reason.
  package static func read(
    yaml: String, file: String, limits: [ComputeCapability: MultiprocessorLimits]
  ) throws(GPUError) -> [GPU] {
    let root = try CatalogueEntry(parsed(yaml, file), at: file)
    try root.refuseUnknown(["gpus"])
    var result: [GPU] = []
    for (index, node) in root.nodes("gpus").enumerated() {
      let unnamed = try CatalogueEntry(node, at: "\(file): entry \(index + 1)")
      let entry = try CatalogueEntry(node, at: "\(file): \(unnamed.text("name"))")
      result.append(try GPU(entry, limits))
    }
    return result
  }

  private init(_ entry: CatalogueEntry, _ limits: [ComputeCapability: MultiprocessorLimits]) throws(GPUError) {
    try entry.refuseUnknown(Self.keys)
    let capability = try ComputeCapability(entry.text("compute_capability"))
    guard let capability, let limits = limits[capability] else {
      throw GPUError("\(entry.place): compute_capability: no rules are known for '\(try entry.text("compute_capability"))'")
    }
    guard let generation = Generation(rawValue: try entry.text("generation")) else {
      let known = Generation.allCases.map(\.rawValue).joined(separator: ", ")
      throw GPUError("\(entry.place): generation: '\(try entry.text("generation"))' is none of \(known)")
    }
    (self.generation, self.limits) = (generation, limits)
    (name, aliases) = (try entry.text("name"), entry.list("aliases"))
    multiprocessors = try entry.integer("multiprocessors")
    boostClock = try entry.quantity("boost_clock", Frequency.init(parsing:))
    baseClock = try entry.optional("base_clock", Frequency.init(parsing:))
    fp32Lanes = try entry.integer("fp32_lanes_per_multiprocessor")
    let tensor = entry.keys.contains("tensor_cores_per_multiprocessor")
    tensorCores = tensor ? try entry.integer("tensor_cores_per_multiprocessor") : 0
    tensorFLOPsPerClock = tensor ? Double(try entry.integer("tensor_flops_per_clock")) : 0
    l1Cache = try entry.quantity("l1_cache", ByteCount.init(parsing:))
    l2Cache = try entry.quantity("l2_cache", ByteCount.init(parsing:))
    l2Bandwidth = try entry.optional("l2_bandwidth", Bandwidth.init(parsing:))
    memory = try entry.quantity("memory", ByteCount.init(parsing:))
    memoryBandwidth = try entry.quantity("memory_bandwidth", Bandwidth.init(parsing:))
    matmulRates = try GPU.rates(try entry.entry("matmul_rates"))
    nvlink = try entry.optional("nvlink", Bandwidth.init(parsing:))
    pcie = try entry.text("pcie")
    boardPower = try entry.quantity("board_power", Power.init(parsing:))
    (source, notes) = (try entry.text("source"), entry.optionalText("notes") ?? "")
    try checkPeaks(entry)
  }

  private static func rates(_ entry: CatalogueEntry) throws(GPUError) -> [MathPrecision: ComputeRate] {
    try entry.refuseUnknown(MathPrecision.allCases.map(\.rawValue))
    var rates: [MathPrecision: ComputeRate] = [:]
    for precision in MathPrecision.allCases {
      rates[precision] = try entry.optional(precision.rawValue, ComputeRate.init(parsing:))
    }
    return rates
  }

  /// A mistyped figure shows where two must agree: fp32 peak = 2 · SMs · lanes · clock.
  private func checkPeaks(_ entry: CatalogueEntry) throws(GPUError) {
    guard let fp32 = matmulRates[.fp32] else { throw GPUError("\(entry.place): matmul_rates: fp32 is missing") }
    let counted = 2 * Double(multiprocessors * fp32Lanes) * boostClock.hertz
    guard abs(counted / fp32.flopsPerSecond - 1) < 0.15 else {
      throw GPUError(
        "\(entry.place): matmul_rates: fp32 is \(fp32), but 2 · \(multiprocessors) SMs · \(fp32Lanes) lanes · "
          + "\(boostClock) is \(ComputeRate(counted))")
    }
  }
}

extension MultiprocessorLimits {
  private static let keys = [
    "threads", "blocks", "registers", "registers_per_block", "registers_per_thread", "register_granularity",
    "partitions", "shared_memory", "shared_memory_per_block", "shared_memory_per_block_opt_in",
    "shared_memory_granularity", "shared_memory_reserved", "shared_memory_carveouts", "flash_attention",
  ]

  /// The limits of every known compute capability.
  package static func builtIn() throws(GPUError) -> [ComputeCapability: MultiprocessorLimits] {
    let file = "compute-capabilities.yaml"
    let yaml = String(decoding: PackageResources.compute_capabilities_yaml, as: UTF8.self)
    let root = try CatalogueEntry(parsed(yaml, file), at: file).entry("compute_capabilities")
    var result: [ComputeCapability: MultiprocessorLimits] = [:]
    for key in root.keys {
      guard let capability = ComputeCapability(key) else { throw GPUError("\(file): '\(key)' is no compute capability") }
      result[capability] = try MultiprocessorLimits(capability, root.entry(key))
    }
    return result
  }

  private init(_ capability: ComputeCapability, _ entry: CatalogueEntry) throws(GPUError) {
    try entry.refuseUnknown(Self.keys)
    self.capability = capability
    (threads, blocks) = (try entry.integer("threads"), try entry.integer("blocks"))
    registers = try entry.integer("registers")
    registersPerBlock = try entry.integer("registers_per_block")
    registersPerThread = try entry.integer("registers_per_thread")
    registerGranularity = try entry.integer("register_granularity")
    partitions = try entry.integer("partitions")
    sharedMemory = try entry.quantity("shared_memory", ByteCount.init(parsing:))
    sharedMemoryPerBlock = try entry.quantity("shared_memory_per_block", ByteCount.init(parsing:))
    sharedMemoryPerBlockOptIn = try entry.quantity("shared_memory_per_block_opt_in", ByteCount.init(parsing:))
    sharedMemoryGranularity = try entry.quantity("shared_memory_granularity", ByteCount.init(parsing:))
    sharedMemoryReserved = try entry.quantity("shared_memory_reserved", ByteCount.init(parsing:))
    sharedMemoryCarveouts = try entry.quantities("shared_memory_carveouts", ByteCount.init(parsing:))
    flashAttention = entry.list("flash_attention").compactMap { Int($0) }
  }
}

private func parsed(_ yaml: String, _ file: String) throws(GPUError) -> Node? {
  do { return try Yams.compose(yaml: yaml) } catch { throw GPUError("\(file): is not YAML: \(error)") }
}
