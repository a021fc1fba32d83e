import Quantities

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
    let root = try CatalogueEntry(yaml: yaml, file: file)
    try root.refuseUnknown(["gpus"])
    let nodes = try root.nodes("gpus")
    guard !nodes.isEmpty else { throw GPUError("\(file): gpus is missing or empty") }
    return try nodes.enumerated().map { index, node throws(GPUError) in
      let unnamed = try CatalogueEntry(node, at: "\(file): entry \(index + 1)")
      return try GPU(CatalogueEntry(node, at: "\(file): \(unnamed.text("name"))"), limits)
    }
  }

  private init(_ entry: CatalogueEntry, _ known: [ComputeCapability: MultiprocessorLimits]) throws(GPUError) {
    try entry.refuseUnknown(Self.keys)
    (name, aliases) = (try entry.text("name"), try entry.list("aliases"))
    generation = try Generation(entry)
    limits = try GPU.limits(entry, known)
    multiprocessors = try entry.integer("multiprocessors")
    boostClock = try entry.quantity("boost_clock", Frequency.init(parsing:))
    baseClock = try entry.optional("base_clock", Frequency.init(parsing:))
    fp32Lanes = try entry.integer("fp32_lanes_per_multiprocessor")
    (tensorCores, tensorFLOPsPerClock) = try GPU.tensorCores(entry)
    l1Cache = try entry.quantity("l1_cache", ByteCount.init(parsing:))
    l2Cache = try entry.quantity("l2_cache", ByteCount.init(parsing:))
    l2Bandwidth = try entry.optional("l2_bandwidth", Bandwidth.init(parsing:))
    memory = try entry.quantity("memory", ByteCount.init(parsing:))
    memoryBandwidth = try entry.quantity("memory_bandwidth", Bandwidth.init(parsing:))
    matmulRates = try GPU.rates(try entry.entry("matmul_rates"))
    nvlink = try entry.optional("nvlink", Bandwidth.init(parsing:))
    pcie = try entry.text("pcie")
    boardPower = try entry.quantity("board_power", Power.init(parsing:))
    (source, notes) = (try entry.text("source"), try entry.optionalText("notes") ?? "")
    try checkPeaks(at: entry.place)
  }

  private static func limits(
    _ entry: CatalogueEntry, _ known: [ComputeCapability: MultiprocessorLimits]
  ) throws(GPUError) -> MultiprocessorLimits {
    let text = try entry.text("compute_capability")
    guard let capability = ComputeCapability(text), let limits = known[capability] else {
      let list = known.keys.sorted().map(\.description).joined(separator: ", ")
      throw GPUError("\(entry.place): compute_capability: no rules are known for '\(text)'; known: \(list)")
    }
    return limits
  }

  /// Both figures, or neither.
  private static func tensorCores(_ entry: CatalogueEntry) throws(GPUError) -> (Int, Double) {
    let keys = ["tensor_cores_per_multiprocessor", "tensor_flops_per_clock"]
    guard keys.contains(where: entry.has) else { return (0, 0) }
    return (try entry.integer(keys[0]), Double(try entry.integer(keys[1])))
  }

  private static func rates(_ entry: CatalogueEntry) throws(GPUError) -> [MathPrecision: ComputeRate] {
    try entry.refuseUnknown(MathPrecision.allCases.map(\.rawValue))
    var rates: [MathPrecision: ComputeRate] = [:]
    for precision in MathPrecision.allCases {
      rates[precision] = try entry.optional(precision.rawValue, ComputeRate.init(parsing:))
    }
    return rates
  }
}

extension Generation {
  fileprivate init(_ entry: CatalogueEntry) throws(GPUError) {
    let text = try entry.text("generation")
    guard let generation = Generation(rawValue: text) else {
      let known = Generation.allCases.map(\.rawValue)
      let hint = suggestion(for: text, among: known).map { "did you mean \($0)?" }
      throw GPUError(
        "\(entry.place): generation: '\(text)' is none; \(hint ?? "known: \(known.joined(separator: ", "))")")
    }
    self = generation
  }
}
