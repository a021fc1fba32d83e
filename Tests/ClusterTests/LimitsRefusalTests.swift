import Cluster
import Testing

/// The file of compute capabilities is held to its rules too.
@Suite struct LimitsRefusalTests {
  private static let sound = """
    compute_capabilities:
      '8.0':
        threads: 2048
        blocks: 32
        registers: 65536
        registers_per_block: 65536
        registers_per_thread: 255
        register_granularity: 256
        partitions: 4
        shared_memory: 164 KiB
        shared_memory_per_block: 48 KiB
        shared_memory_per_block_opt_in: 163 KiB
        shared_memory_granularity: 128 B
        shared_memory_reserved: 1024 B
        shared_memory_carveouts: [0 KiB, 100 KiB, 164 KiB]
        flash_attention: [1, 2]
    """

  private func read(_ yaml: String) throws(GPUError) -> [ComputeCapability: MultiprocessorLimits] {
    try MultiprocessorLimits.read(yaml: yaml, file: "own.yaml")
  }

  @Test func `what is left out of the plain rules follows from the others`() throws {
    let limits = try #require(try read(Self.sound)[ComputeCapability(8, 0)])
    #expect(limits.allocatableRegistersPerThread == 255 && limits.forwardPartitions == 4)
    #expect(limits.coarseRegisterGranularity == 256 && limits.coarseRegisterCounts.isEmpty)
    #expect(try read(Self.sound.replacing("'8.0'", with: "8.0")).count == 1)
  }

  @Test(arguments: [
    ("'8.0'", "'80'", "own.yaml: '80' is no compute capability"),
    ("compute_capabilities", "capabilities", "own.yaml: capabilities is not a key here; known: compute_capabilities"),
    ("    partitions: 4\n", "", "own.yaml: compute_capabilities: 8.0: partitions is missing"),
    (
      "[1, 2]", "[1, two]",
      "own.yaml: compute_capabilities: 8.0: flash_attention: 'two' is not a whole number of at least 0"
    ),
    (
      "100 KiB, 164 KiB", "164 KiB, 100 KiB",
      "own.yaml: compute_capabilities: 8.0: shared_memory_carveouts: do not ascend to shared_memory, 164 KiB"
    ),
    (
      "100 KiB", "100",
      "own.yaml: compute_capabilities: 8.0: shared_memory_carveouts: '100' has no unit; write it like '25 MiB'"
    ),
    (
      "128 B", "0 B", "own.yaml: compute_capabilities: 8.0: shared_memory_granularity: 0 B is not above zero"
    ),
    (
      "163 KiB", "164 KiB",
      "own.yaml: compute_capabilities: 8.0: shared_memory_per_block_opt_in: 164 KiB is not between what a block gets "
        + "unasked, 48.0 KiB, and what the multiprocessor has, 164 KiB"
    ),
  ])
  func `a wrong value is refused with its key`(_ old: String, new: String, reason: String) {
    let error = #expect(throws: GPUError.self) { try read(Self.sound.replacing(old, with: new)) }
    #expect(error?.description == reason)
  }
}
