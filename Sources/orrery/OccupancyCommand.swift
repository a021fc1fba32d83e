import ArgumentParser
import Cluster
import GPUModel
import Quantities

struct OccupancyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "occupancy",
    abstract: "Tell how many blocks of a kernel a GPU's multiprocessor holds, and what keeps more away.",
    discussion: """
      Follows the rules of NVIDIA's occupancy calculator, for compute capabilities 2.0 to 12.1.

      orrery occupancy --gpu A100 --threads 256 --registers 64
      orrery occupancy --gpu H100 --threads 384 --registers 168 --shared-memory 192KiB
      orrery occupancy --compute-capability 8.6 --threads 128 --carveout 64KiB
      """)

  @Option(help: "The GPU; orrery gpus lists them.") var gpu: String?
  @Option(help: "Instead of a GPU, its compute capability, such as 8.0.") var computeCapability: String?
  @Option(parsing: .unconditional, help: "Threads of a block.") var threads: Int
  @Option(parsing: .unconditional, help: "Registers of a thread.") var registers = 32

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Shared memory of a block, such as \"48 KiB\".", valueName: "size"))
  var sharedMemory = "0 B"

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much of the cache is to be shared memory, rounded up to what the GPU has; by default the most.",
      valueName: "size"))
  var carveout: String?

  @Flag(help: "Print JSON.") var json = false

  func validate() throws { _ = try request() }

  func run() throws {
    let request = try request()
    try StandardOutput.print(json ? jsonText(OccupancyRecord(request)) : OccupancyReport(request).text)
  }
}

/// What `orrery occupancy` was asked.
struct OccupancyRequest {
  /// The GPU's name, unless a compute capability was given.
  var gpu: String?
  var limits: MultiprocessorLimits
  var block: BlockResources
  var carveout: ByteCount?

  var occupancy: Occupancy { Occupancy(block, on: limits, carveout: carveout) }
}

extension OccupancyCommand {
  private func request() throws -> OccupancyRequest {
    let (name, limits) = try device()
    let memory = try size(sharedMemory, "--shared-memory")
    guard memory <= ByteCount(1 << 40) else {
      throw ValidationError(
        "--shared-memory \(sharedMemory): compute capability \(limits.capability) has at most "
          + "\(limits.sharedMemoryPerBlockOptIn.exactText) a block.")
    }
    let block = BlockResources(threads: threads, registersPerThread: registers, dynamicSharedMemory: memory)
    try check(limits)
    return OccupancyRequest(gpu: name, limits: limits, block: block, carveout: try checkedCarveout(limits))
  }

  private func device() throws -> (String?, MultiprocessorLimits) {
    switch (gpu, computeCapability) {
    case (let gpu?, nil):
      let gpu = try GPU(argument: gpu, option: "--gpu")
      return (gpu.name, gpu.limits)
    case (nil, let text?):
      do { return (nil, try MultiprocessorLimits.named(text)) } catch {
        throw ValidationError("--compute-capability \(error)")
      }
    case (nil, nil):
      throw ValidationError("Name a GPU with --gpu, such as --gpu A100, or give its --compute-capability, such as 8.0.")
    case (_?, _?):
      throw ValidationError("--gpu and --compute-capability both say which rules hold; leave one out.")
    }
  }

  private func check(_ limits: MultiprocessorLimits) throws {
    let mostThreads = MultiprocessorLimits.threadsPerBlock
    guard (1...mostThreads).contains(threads) else {
      throw ValidationError("--threads \(threads): a block has 1 to \(mostThreads) threads.")
    }
    guard (0...limits.registersPerThread).contains(registers) else {
      throw ValidationError(
        "--registers \(registers): a thread of compute capability \(limits.capability) has 0 to "
          + "\(limits.registersPerThread) registers; ptxas -v and Nsight Compute tell how many a kernel has.")
    }
  }

  private func checkedCarveout(_ limits: MultiprocessorLimits) throws -> ByteCount? {
    guard let carveout else { return nil }
    let size = try size(carveout, "--carveout")
    let sizes = limits.sharedMemoryCarveouts.map(\.exactText).joined(separator: ", ")
    guard !sizes.isEmpty else {
      throw ValidationError(
        "--carveout \(carveout): compute capability \(limits.capability) has no choice here; leave --carveout out.")
    }
    guard size <= limits.sharedMemory else {
      throw ValidationError(
        "--carveout \(carveout): compute capability \(limits.capability) has at most \(limits.sharedMemory.exactText); "
          + "choose one of \(sizes).")
    }
    return size
  }

  private func size(_ text: String, _ option: String) throws -> ByteCount {
    do { return try ByteCount(parsing: text) } catch { throw ValidationError("\(option) \(error)") }
  }
}
