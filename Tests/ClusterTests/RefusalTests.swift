import Cluster
import Testing

/// A catalogue file that breaks a rule is refused with file, GPU, key, value and reason.
@Suite struct RefusalTests {
  private static let sound = """
    gpus:
      - name: Test 100
        aliases: [T100]
        generation: ampere
        compute_capability: '8.0'
        multiprocessors: 100
        boost_clock: 1000 MHz
        fp32_lanes_per_multiprocessor: 64
        tensor_cores_per_multiprocessor: 4
        tensor_flops_per_clock: 2048
        l1_cache: 192 KiB
        l2_cache: 40 MB
        memory: 80 GiB
        memory_bandwidth: 2039 GB/s
        matmul_rates:
          fp32: 12.8 TFLOP/s
          fp16: 204.8 TFLOP/s
        pcie: 4.0 x16
        board_power: 400 W
        source: 'invented'
    """

  private static let limits = try! MultiprocessorLimits.builtIn()

  private func read(_ yaml: String) throws(GPUError) -> [GPU] {
    try GPU.read(yaml: yaml, file: "own.yaml", limits: Self.limits)
  }

  @Test func `the sound file is read, and its compute capability needs no quotes`() throws {
    let gpu = try #require(try read(Self.sound).first)
    #expect((gpu.name, gpu.multiprocessors, gpu.notes, gpu.nvlink) == ("Test 100", 100, "", nil))
    #expect(try read(Self.sound.replacing("'8.0'", with: "8.0")) == [gpu])
    #expect(try read(Self.sound.replacing("'8.0'", with: "10.0"))[0].capability == ComputeCapability(10, 0))
  }

  @Test(arguments: [
    ("memory: 80 GiB", "memory: 80 Gig", "memory: '80 Gig' has an unknown unit 'Gig'; write it like '25 MiB'"),
    ("memory: 80 GiB", "memory: 80", "memory: '80' has no unit; write it like '25 MiB'"),
    ("board_power: 400 W", "board_power: 0 W", "board_power: '0 W' is not above zero"),
    ("    boost_clock: 1000 MHz\n", "", "boost_clock is missing"),
    ("boost_clock: 1000 MHz", "boost_clock:", "boost_clock: has no value"),
    ("boost_clock:", "bost_clock:", "bost_clock is not a key here; did you mean boost_clock?"),
    ("multiprocessors: 100", "multiprocessors: 0", "multiprocessors: '0' is not a whole number of at least 1"),
    ("multiprocessors: 100", "multiprocessors: 1e2", "multiprocessors: '1e2' is not a whole number of at least 1"),
    (
      "fp32: 12.8 TFLOP/s", "fp32: 128 TFLOP/s",
      "matmul_rates: fp32 is 128 TFLOP/s, but 2 · 100 SMs · 64 lanes · 1000 MHz is 12.8 TFLOP/s"
    ),
    (
      "fp16: 204.8 TFLOP/s", "fp16: 20.48 TFLOP/s",
      "matmul_rates: fp16 is 20.5 TFLOP/s, but 100 SMs · 2048 FLOPs · 1000 MHz is 205 TFLOP/s"
    ),
    ("      fp32: 12.8 TFLOP/s\n", "", "matmul_rates: fp32 is missing"),
    ("fp16: 204.8", "tf23: 204.8", "matmul_rates: tf23 is not a key here; did you mean tf32?"),
    ("    tensor_flops_per_clock: 2048\n", "", "tensor_flops_per_clock is missing"),
    ("    tensor_cores_per_multiprocessor: 4\n", "", "tensor_cores_per_multiprocessor is missing"),
    ("aliases: [T100]", "aliases: T100", "aliases: is not a list; write it like [a, b]"),
    ("aliases: [T100]", "aliases: [[T100]]", "aliases: holds what is no text"),
    ("generation: ampere", "generation: amper", "generation: 'amper' is none; did you mean ampere?"),
  ])
  func `a wrong value is refused with GPU and key`(_ old: String, new: String, reason: String) {
    let error = #expect(throws: GPUError.self) { try read(Self.sound.replacing(old, with: new)) }
    #expect(error?.description == "own.yaml: Test 100: \(reason)")
  }

  @Test(arguments: [
    ("", "own.yaml: is empty"), ("gpus: []", "own.yaml: gpus is missing or empty"),
    ("gpu: []", "own.yaml: gpu is not a key here; did you mean gpus?"),
    ("gpus: [", "own.yaml: line 2: is not YAML: "), ("- A100", "own.yaml: is not a mapping of keys to values"),
    ("gpus: [A100]", "own.yaml: entry 1: is not a mapping of keys to values"),
    ("gpus: [{memory: 80 GiB}]", "own.yaml: entry 1: name is missing"),
    (sound.replacing("memory: 80 GiB", with: "memory: 80 GiB\n    memory: 40 GiB"), "own.yaml: line "),
  ])
  func `a file that is no catalogue is refused with its name`(_ yaml: String, reason: String) {
    let error = #expect(throws: GPUError.self) { try read(yaml) }
    #expect(error?.description.hasPrefix(reason) == true, "\(String(describing: error))")
  }

  @Test func `a key that is there twice is named with its line`() {
    let yaml = Self.sound.replacing("memory: 80 GiB", with: "memory: 80 GiB\n    memory: 40 GiB")
    let error = #expect(throws: GPUError.self) { try read(yaml) }
    #expect(error?.description.hasSuffix(": memory is there twice") == true, "\(String(describing: error))")
  }

  @Test func `an unknown compute capability is refused with those that are known`() {
    let error = #expect(throws: GPUError.self) { try read(Self.sound.replacing("'8.0'", with: "'8.1'")) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("own.yaml: Test 100: compute_capability: no rules are known for '8.1'; known: 2.0, "))
  }

  @Test func `tensor rates need tensor cores`() {
    let yaml = Self.sound.replacing(
      "    tensor_cores_per_multiprocessor: 4\n    tensor_flops_per_clock: 2048\n", with: "")
    let error = #expect(throws: GPUError.self) {
      try read(yaml.replacing("fp16: 204.8", with: "bf16: 204.8"))
    }
    #expect(
      error?.description
        == "own.yaml: Test 100: matmul_rates: bf16 needs tensor cores, but tensor_flops_per_clock is missing")
    #expect(throws: Never.self) { try read(yaml) }
  }
}
