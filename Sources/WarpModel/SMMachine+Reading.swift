package import Cluster
import Quantities
import Yams

extension SMMachine {
  /// The SM of a catalogue GPU, all SMs running.
  ///
  /// - Errors: `GPUError` with file, generation and key for a data file that breaks its rules. Tests hold that none does.
  package init(_ gpu: GPU) throws(GPUError) {
    let entry = try MachineEntry(generation: gpu.generation)
    try entry.refuseUnknown()
    (name, generation, limits, source) = (gpu.name, gpu.generation, gpu.limits, try entry.text("source"))
    (schedulers, fmaLanes, tensorRate) = (gpu.limits.partitions, Double(gpu.fp32Lanes), gpu.tensorFLOPsPerClock)
    dispatches = Int(try entry.number("dispatches", unit: ""))
    issueInterval = try entry.clocks("issue_interval")
    integerLanes = min(try entry.number("integer_lanes", unit: "1/clk"), fmaLanes)
    specialLanes = try entry.number("special_lanes", unit: "1/clk")
    memoryLanes = try entry.number("memory_lanes", unit: "1/clk")
    mmaShare = try entry.optional("mma_share", unit: "") ?? 1
    asyncWriteShare = try entry.optional("async_write_share", unit: "") ?? 1
    latency = try Latencies(entry)
    blockLaunch = try entry.clocks("block_launch")
    (sharedPort, l1Port) = (try entry.number("shared_port", unit: "B/clk"), try entry.number("l1_port", unit: "B/clk"))
    clock = gpu.boostClock.hertz
    let perClock = clock * Double(gpu.multiprocessors)
    l2Port = try entry.number("l2_port", unit: "B/clk")
    let efficiency = try entry.number("dram_efficiency", unit: "")
    dramPort = min(l2Port, gpu.memoryBandwidth.bytesPerSecond * efficiency / perClock)
    (l1Cache, l2Cache) = (gpu.l1Cache.value, gpu.l2Cache.value)
  }
}

extension SMMachine.Latencies {
  fileprivate init(_ entry: MachineEntry) throws(GPUError) {
    (fma, special) = (try entry.clocks("fma_latency"), try entry.clocks("special_latency"))
    (shared, l1) = (try entry.clocks("shared_latency"), try entry.clocks("l1_latency"))
    (l2, dram) = (try entry.clocks("l2_latency"), try entry.clocks("dram_latency"))
    mma = try entry.optional("mma_latency", unit: "clk").map { Int($0) }
    asyncMMA = try entry.optional("async_mma_latency", unit: "clk").map { Int($0) }
    barrier = try entry.clocks("barrier_latency")
  }
}

/// One generation's entry of `machines.yaml`: figures that carry their unit.
private struct MachineEntry {
  static let file = "machines.yaml"
  static let keys = [
    "dispatches", "issue_interval", "fma_latency", "special_latency", "shared_latency", "l1_latency", "l2_latency",
    "dram_latency", "mma_latency", "mma_share", "async_mma_latency", "async_write_share", "barrier_latency",
    "block_launch", "integer_lanes", "special_lanes", "memory_lanes", "shared_port", "l1_port", "l2_port",
    "dram_efficiency", "source",
  ]
  let node: Node.Mapping
  let place: String

  init(generation: Generation) throws(GPUError) {
    place = "\(Self.file): \(generation.rawValue)"
    let yaml = String(decoding: PackageResources.machines_yaml, as: UTF8.self)
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch { throw GPUError("\(Self.file): is not YAML: \(error)") }
    guard let node = root?["machines"]?[generation.rawValue]?.mapping else { throw GPUError("\(place): is missing") }
    self.node = node
  }

  func refuseUnknown() throws(GPUError) {
    for key in node.keys.compactMap(\.string) where !Self.keys.contains(key) {
      let hint = suggestion(for: key, among: Self.keys).map { "; did you mean \($0)?" } ?? ""
      throw GPUError("\(place): \(key) is not a key here\(hint)")
    }
  }

  func text(_ key: String) throws(GPUError) -> String {
    guard let text = node[key]?.string, !text.isEmpty else { throw GPUError("\(place): \(key) is missing") }
    return text
  }

  /// Reads `24 B/clk`; an empty unit is a share or a count.
  func number(_ key: String, unit: String) throws(GPUError) -> Double {
    let words = try text(key).split(separator: " ")
    let own = words.count == 2 ? String(words[1]) : ""
    guard words.count <= 2, own == unit, let value = words.first.flatMap({ Double($0) }), value >= 0 else {
      let example = unit.isEmpty ? "a bare number" : "like '4 \(unit)'"
      throw GPUError("\(place): \(key): '\(try text(key))' must be \(example)")
    }
    return value
  }

  func optional(_ key: String, unit: String) throws(GPUError) -> Double? {
    node[key] == nil ? nil : try number(key, unit: unit)
  }

  func clocks(_ key: String) throws(GPUError) -> Int { Int(try number(key, unit: "clk")) }
}
