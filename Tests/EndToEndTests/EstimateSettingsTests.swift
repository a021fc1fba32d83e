import Foundation
import Testing

extension EndToEnd {
  /// Each setting of a simulation changes the estimate in the direction that it must.
  @Suite struct EstimateSettingsTests {
    private func estimate(_ arguments: String...) async throws -> EstimateFigures {
      let outcome = try await Job(
        [Orrery.executable.path, "estimate", "run.yaml"] + arguments + ["--json"],
        in: try EstimateCommandTests.scratch()
      ).finish()
      #expect(outcome.status == 0, "\(outcome)")
      return try EstimateFigures(outcome.output)
    }

    @Test func `A slow GPU and a slow link make the step longer, and have tracks of their own`() async throws {
      let clean = try await estimate()
      let gpu = try await estimate("simulation.slow_gpus=5:2")
      let link = try await estimate("simulation.slow_links=nvlink 5:50")
      #expect(gpu.step.seconds > 1.3 * clean.step.seconds && gpu.ranks.count == 4)
      #expect(gpu.ranks.contains { $0.slowdown == 2 } && clean.ranks.allSatisfy { $0.slowdown == 1 })
      #expect(link.step.seconds > 1.3 * clean.step.seconds)
      // Rank 5 is no tensor-parallel rank 0, which stands for it.
      #expect(try await estimate("simulation.slow_links=nvlink 4:50").step.seconds == link.step.seconds)
      let idle = try await estimate("simulation.slow_links=pcie 5:50")
      #expect(abs(idle.step.seconds / clean.step.seconds - 1) < 0.02)
      #expect(idle.cluster.notes.contains { $0.contains("slow pcie of rank 5") })
      #expect(!link.cluster.notes.contains { $0.contains("changes nothing") })
    }

    @Test func `Precision, kernels and attention are those of the simulation`() async throws {
      let clean = try await estimate()
      let fp32 = try await estimate("simulation.precision=fp32")
      #expect(fp32.run.precision == "fp32" && fp32.cluster.attention == "unfused" && fp32.cluster.notes.count == 2)
      #expect(fp32.step.peakFlopsPerSecond < clean.step.peakFlopsPerSecond)
      #expect(fp32.step.seconds > 2 * clean.step.seconds)
      let eager = try await estimate("simulation.kernels=eager")
      let compiled = try await estimate("simulation.kernels=compiled")
      #expect(eager.step.seconds > clean.step.seconds && clean.step.seconds > compiled.step.seconds)
      let unfused = try await estimate("simulation.attention=unfused")
      #expect(unfused.step.seconds > clean.step.seconds && clean.cluster.attention == "flash")
    }

    @Test func `Jitter lengthens the step, and failures take of the time`() async throws {
      let clean = try await estimate()
      #expect(clean.jitter == nil && clean.goodput == nil)
      let figures = try await estimate(
        "simulation.jitter=0.05", "simulation.mtbf_per_gpu=100 h", "simulation.restart_time=10 min",
        "simulation.checkpoint_write_time=30 s", "checkpoint.interval=100000", "checkpoint.folder=out")
      let jitter = try #require(figures.jitter)
      #expect(figures.step.seconds == clean.step.seconds && jitter.variation == 0.05)
      #expect(figures.step.seconds < jitter.medianSeconds && jitter.medianSeconds < jitter.p90Seconds)
      #expect(jitter.p90Seconds < jitter.p99Seconds && jitter.meanSeconds < jitter.p90Seconds)
      let goodput = try #require(figures.goodput)
      #expect(abs(goodput.useful + goodput.writing + goodput.lost + goodput.restarting - 1) < 1e-9)
      #expect(goodput.interval == 100_000 && goodput.bestUseful >= goodput.useful)
      #expect(abs(goodput.hoursBetweenFailures! - 100.0 / 8) < 1e-9)
    }

    @Test func `--gpus gives dp -1 as many ranks as the other axes leave`() async throws {
      let figures = try await estimate("--gpus", "64", "--cluster", "dgx-a100-80", "parallelism.dp=-1")
      #expect(figures.run.gpus == 64 && figures.run.dp == 16 && figures.cluster.nodes == 8)
      #expect(figures.cluster.gpu.contains("A100") && figures.cluster.notes.isEmpty)
      let all = try await estimate("parallelism.dp=-1", "simulation.gpus=16")
      #expect(all.run.gpus == 16 && all.run.dp == 4 && all.cluster.nodes == 2)
    }

    private static let ownCluster = """
      name: Two boxes
      gpu: GPU
      gpus_per_node: 2
      nodes: 2
      node_fabric: {type: nvswitch, link: NVLink 4}
      host: {memory: 1 TiB, memory_bandwidth: 300 GB/s, gpu_link: PCIe 5.0 x16, sockets: 1}
      network: {nics_per_node: 2, link: InfiniBand NDR, fabric: {type: fat_tree, nodes_per_leaf: 32}}
      """

    @Test func `A cluster's file has the size that it says, until --gpus says another`() async throws {
      let scratch = try EstimateCommandTests.scratch()
      try scratch.write(Self.ownCluster.replacing("gpu: GPU", with: "gpu: H100 SXM5 80GB"), to: "own.yaml")
      let small = try await scratch.orrery("estimate", "run.yaml", "--cluster", "own.yaml")
      #expect(small.status == 65 && small.errors.contains("has 4 GPUs, and the layout has 8 ranks"), "\(small)")
      let resized = try await scratch.orrery("estimate", "run.yaml", "--cluster", "own.yaml", "--gpus", "8", "--json")
      #expect(resized.status == 0, "\(resized)")
      #expect(try EstimateFigures(resized.output).cluster.nodes == 4)
      let all = try await scratch.orrery("estimate", "run.yaml", "--cluster", "own.yaml", "parallelism.dp=-1", "--json")
      #expect(try EstimateFigures(all.output).run.gpus == 4)
    }

    @Test func `A host with too little memory is an out-of-memory of its node, with ways out`() async throws {
      let scratch = try EstimateCommandTests.scratch()
      let small = Self.ownCluster.replacing("gpu: GPU", with: "gpu: H100 SXM5 80GB")
        .replacing("memory: 1 TiB", with: "memory: 1 B")
      try scratch.write(small, to: "own.yaml")
      let words = ["estimate", "run.yaml", "--cluster", "own.yaml", "--gpus", "8"]
      let stays = try await Job([Orrery.executable.path] + words, in: scratch).finish()
      #expect(stays.status == 0 && stays.output.contains("\nfits: "), "\(stays)")
      #expect(!stays.output.contains("host memory"))
      let offload = ["zero_optimization.offload_optimizer.device=cpu"]
      let leaves = try await Job([Orrery.executable.path] + words + offload, in: scratch).finish()
      #expect(leaves.status == 0, "\(leaves)")
      for words in [
        "it does not fit", "in the host's memory", "host memory: ", "out of memory: the host of node 0 lacks ",
        "no offload: ", "host.memory of ",
      ] {
        #expect(leaves.output.contains(words), "\(words)")
      }
    }

    private static let ownGPU = """
      gpus:
        - name: Own GPU
          aliases: []
          generation: hopper
          compute_capability: '9.0'
          multiprocessors: 66
          boost_clock: 1980 MHz
          base_clock: 1590 MHz
          fp32_lanes_per_multiprocessor: 128
          tensor_cores_per_multiprocessor: 4
          tensor_flops_per_clock: 4096
          l1_cache: 256 KiB
          l2_cache: 50 MB
          l2_bandwidth: 5600 GB/s
          memory: 40 GiB
          memory_bandwidth: 1600 GB/s
          matmul_rates: {fp32: 33 TFLOP/s, tf32: 247 TFLOP/s, fp16: 494 TFLOP/s, bf16: 494 TFLOP/s}
          nvlink: 900 GB/s
          pcie: 5.0 x16
          board_power: 350 W
          source: 'half of an H100'
          notes: made up for this test
      """

    @Test func `A cluster's file can name a GPU of one's own`() async throws {
      let scratch = try EstimateCommandTests.scratch()
      try scratch.write(Self.ownGPU, to: "gpus.yaml")
      try scratch.write(Self.ownCluster.replacing("gpu: GPU", with: "gpu: Own GPU"), to: "own.yaml")
      let command = ["estimate", "run.yaml", "--cluster", "own.yaml", "--gpus", "8", "--json"]
      let unknown = try await Job([Orrery.executable.path] + command, in: scratch).finish()
      #expect(unknown.status == 65 && unknown.errors.contains("own.yaml:2: gpu 'Own GPU'"), "\(unknown)")
      let outcome = try await Job([Orrery.executable.path] + command + ["--gpus-file", "gpus.yaml"], in: scratch)
        .finish()
      #expect(outcome.status == 0, "\(outcome)")
      let figures = try EstimateFigures(outcome.output)
      #expect(figures.cluster.gpu == "Own GPU" && figures.memory.capacityBytes == 40 << 30)
      #expect(figures.step.peakFlopsPerSecond == 494e12)
    }

    @Test(arguments: [
      (["none.yaml"], Int32(65), "none.yaml: there is no such file"),
      (["run.yaml", "--cluster", "hgx-h10"], 64, "--cluster 'hgx-h10' is no cluster that is built in; did you mean"),
      (["run.yaml", "--cluster", "own.yaml"], 65, "own.yaml: there is no such file"),
      (["run.yaml", "--gpus", "0"], 64, "--gpus 0: a step needs one GPU at least."),
      (["run.yaml", "--gpus", "16"], 65, "--gpus '16' does not fit: the run's layout has 8 ranks; leave --gpus out"),
      (["run.yaml", "--gpus", "14", "parallelism.dp=-1"], 65, "= 4 does not divide a world of 14 ranks"),
      (["run.yaml", "parallelism.dp=-1"], 64, "none is named; add --gpus COUNT or --cluster NAME"),
      (
        ["run.yaml", "parallelism.dp=-1", "--gpus", "16", "simulation.slow_gpus=99:2"], 65, "names none of the 16 ranks"
      ),
      (
        ["run.yaml", "simulation.slow_gpus=1:5000"], 65,
        "simulation.slow_gpus '1:5000' does not end with a factor from 1 to 1000"
      ),
      (
        [EstimateCommandTests.configs + "/runs/gpt3-175b.yaml", "simulation.slow_links=network 5:1000"], 65,
        "slowed down by simulation.slow_links 'network 5:1000.0', is too large"
      ),
      (["run.yaml", "simulation.jitter=3"], 65, "simulation.jitter '3' is not a number from 0 to 2"),
      (
        ["run.yaml", "simulation.attention=flash", "simulation.precision=fp32"], 65,
        "FlashAttention has no kernels in fp32; choose simulation.attention=unfused"
      ),
      (
        ["run.yaml", "--cluster", "v100-cloud"], 65,
        "it has fp32, fp16; add simulation.precision=fp16 to the command line"
      ),
      (
        ["run.yaml", "--cluster", "rtx4090-pcie-4"], 64,
        "a layout of 8 ranks needs a network between 2 nodes; use at most 4 GPUs, or name another cluster"
      ),
      (
        ["run.yaml", "parallelism.dp=2000000"], 64,
        "the layout has 8,000,000 ranks: at most 1,048,576 GPUs are simulated; use a smaller layout"
      ),
      (
        ["run.yaml", "parallelism.dp=-1", "--gpus", "2000000"], 64,
        "--gpus 2000000: at most 1,048,576 GPUs are simulated; use fewer"
      ),
      (["run.yaml", "--gpus-file", "my.yaml", "--cluster", "hgx-h100"], 64, "name your own with --cluster FILE"),
      (["run.yaml", "micro_batch_size=1000000"], 65, "tokens is too large: it has at most 100,000,000"),
      (["run.yaml", "model.vocab_size=auto"], 65, "add model.vocab_size=… to do without"),
      (["run.yaml", "--calibration", "run.yaml"], 65, "run.yaml: is no calibration"),
    ])
    func `A wrong request is refused with the way on`(arguments: [String], status: Int32, reason: String) async throws {
      let outcome = try await Job(
        [Orrery.executable.path, "estimate"] + arguments, in: try EstimateCommandTests.scratch()
      ).finish()
      #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
