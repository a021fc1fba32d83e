import Quantities

extension MultiprocessorLimits {
  private static let file = "compute-capabilities.yaml"
  private static let keys = [
    "threads", "blocks", "registers", "registers_per_block", "registers_per_thread", "allocatable_registers_per_thread",
    "register_granularity", "coarse_register_granularity", "coarse_register_counts", "partitions", "forward_partitions",
    "shared_memory", "shared_memory_per_block", "shared_memory_per_block_opt_in", "shared_memory_granularity",
    "shared_memory_reserved", "shared_memory_carveouts", "flash_attention",
  ]

  /// The limits of every known compute capability.
  package static func builtIn() throws(GPUError) -> [ComputeCapability: MultiprocessorLimits] {
    try read(yaml: String(decoding: PackageResources.compute_capabilities_yaml, as: UTF8.self), file: file)
  }

  /// The limits of one compute capability, without reading the others; nil where it is not known.
  package static func builtIn(_ capability: ComputeCapability) throws(GPUError) -> MultiprocessorLimits? {
    let texts = EntryTexts(PackageResources.compute_capabilities_yaml)
    guard let index = texts.indices.first(where: { texts.name($0) == capability.description }) else { return nil }
    return try read(yaml: texts.yaml(index), file: file)[capability]
  }

  /// Reads a file of limits: `compute_capabilities:`, a mapping from `'8.0'` to what it can hold.
  ///
  /// - Errors: `GPUError` with file, compute capability, key, value and reason.
  package static func read(
    yaml: String, file: String
  ) throws(GPUError) -> [ComputeCapability: MultiprocessorLimits] {
    let whole = try CatalogueEntry(yaml: yaml, file: file)
    try whole.refuseUnknown(["compute_capabilities"])
    let root = try whole.entry("compute_capabilities")
    var result: [ComputeCapability: MultiprocessorLimits] = [:]
    for key in root.keys {
      guard let capability = ComputeCapability(key) else {
        throw GPUError("\(file): '\(key)' is no compute capability")
      }
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
    allocatableRegistersPerThread =
      try entry.optionalInteger("allocatable_registers_per_thread") ?? registersPerThread
    registerGranularity = try entry.integer("register_granularity")
    coarseRegisterGranularity = try entry.optionalInteger("coarse_register_granularity") ?? registerGranularity
    coarseRegisterCounts = try entry.integers("coarse_register_counts")
    partitions = try entry.integer("partitions")
    forwardPartitions = try entry.optionalInteger("forward_partitions") ?? partitions
    sharedMemory = try entry.quantity("shared_memory", ByteCount.init(parsing:))
    sharedMemoryPerBlock = try entry.quantity("shared_memory_per_block", ByteCount.init(parsing:))
    sharedMemoryPerBlockOptIn = try entry.quantity("shared_memory_per_block_opt_in", ByteCount.init(parsing:))
    sharedMemoryGranularity = try entry.quantity("shared_memory_granularity", ByteCount.init(parsing:))
    sharedMemoryReserved = try entry.quantity("shared_memory_reserved", ByteCount.init(parsing:))
    sharedMemoryCarveouts = try entry.quantities("shared_memory_carveouts", ByteCount.init(parsing:))
    flashAttention = try entry.integers("flash_attention")
    try check(entry)
  }

  /// What the arithmetic of occupancy divides by, and takes for granted.
  private func check(_ entry: CatalogueEntry) throws(GPUError) {
    guard sharedMemoryGranularity > .zero else {
      throw GPUError("\(entry.place): shared_memory_granularity: \(sharedMemoryGranularity) is not above zero")
    }
    let carveouts = sharedMemoryCarveouts
    guard carveouts == carveouts.sorted(), carveouts.last ?? sharedMemory == sharedMemory else {
      throw GPUError("\(entry.place): shared_memory_carveouts: do not ascend to shared_memory, \(sharedMemory)")
    }
    guard sharedMemoryPerBlock <= sharedMemoryPerBlockOptIn,
      sharedMemoryPerBlockOptIn + sharedMemoryReserved <= sharedMemory
    else {
      throw GPUError(
        "\(entry.place): shared_memory_per_block_opt_in: \(sharedMemoryPerBlockOptIn) is not between what a block gets "
          + "unasked, \(sharedMemoryPerBlock), and what the multiprocessor has, \(sharedMemory)")
    }
  }
}
