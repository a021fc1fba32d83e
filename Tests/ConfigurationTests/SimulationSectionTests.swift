import Cluster
import Configuration
import Quantities
import Testing

@Suite struct SimulationSectionTests {
  @Test func `without keys, the run is simulated as it is, on no cluster in particular`() throws {
    let configuration = try run("precision: bf16")
    let simulation = configuration.simulation
    #expect(configuration.cluster == nil && simulation.gpus == nil)
    #expect(simulation.precision == .bfloat16)
    #expect(simulation.kernels == .fused && simulation.attention == .auto)
    #expect(simulation.slowGPUs.isEmpty && simulation.slowLinks.isEmpty && simulation.jitter == 0)
    #expect(simulation.failures == nil && simulation.checkpointWriteTime == nil)
  }

  @Test func `every key is read`() throws {
    let configuration = try run(
      """
      cluster: DGX H100
      parallelism: {dp: 8}
      simulation:
        gpus: 8
        precision: fp16
        kernels: compiled
        attention: unfused
        slow_gpus: [5:1.3, 0:2]
        slow_links: [network 5:4, NVLink 3:1.5]
        jitter: 0.05
        mtbf_per_gpu: 50_000 h
        restart_time: 10 min
        checkpoint_write_time: 0 s
      """)
    let simulation = configuration.simulation
    #expect(configuration.cluster == .builtIn("hgx-h100") && simulation.gpus == 8)
    #expect(simulation.precision == .float16 && simulation.kernels == .compiled && simulation.attention == .unfused)
    #expect(simulation.slowGPUs.map(\.rank) == [5, 0] && simulation.slowGPUs.map(\.factor) == [1.3, 2])
    #expect(simulation.slowLinks.map(\.part) == [.network, .nvlink] && simulation.slowLinks.map(\.rank) == [5, 3])
    #expect(simulation.slowLinks.map(\.factor) == [4, 1.5] && simulation.jitter == 0.05)
    #expect(simulation.failures?.meanTimeBetween == 1.8e8 && simulation.failures?.restartTime == 600)
    #expect(simulation.checkpointWriteTime == 0)
  }

  @Test func `a cluster is a name or a path, and one of a list needs no brackets`() throws {
    #expect(try run("cluster: own/cluster.yaml").cluster == .file("own/cluster.yaml"))
    #expect(try run("cluster: ~").cluster == nil)
    #expect(try run("simulation.slow_gpus: 0:1.5").simulation.slowGPUs.map(\.factor) == [1.5])
    #expect(try run(overrides: ["simulation.slow_links=pcie 0:3"]).simulation.slowLinks.map(\.part) == [.pcie])
  }

  @Test(arguments: [
    ("cluster: hgx-h10", "3:10: cluster 'hgx-h10' is no cluster that is built in; did you mean hgx-h100?"),
    ("cluster: {name: x}", "3:10: cluster is a mapping, not a name or a path"),
    (
      "simulation: {kernels: eagre}",
      "3:23: simulation.kernels 'eagre' is unknown; did you mean 'eager'? One of eager, fused, compiled"
    ),
    (
      "simulation: {precision: fp64}",
      "3:25: simulation.precision 'fp64' is unknown; did you mean 'fp16'? One of fp32, fp16, bf16"
    ),
    ("simulation: {jitter: -0.1}", "3:22: simulation.jitter '-0.1' is not a number from 0 to 2"),
    ("simulation: {jitter: 5}", "3:22: simulation.jitter '5' is not a number from 0 to 2"),
    ("simulation: {gpus: 0}", "3:20: simulation.gpus '0' is not an integer ≥ 1"),
    (
      "simulation: {slow_gpus: [5]}",
      "3:25: simulation.slow_gpus '5' is not a rank and a factor with a colon between them; write it like '5:1.3'"
    ),
    (
      "simulation: {slow_gpus: x:2}",
      "3:25: simulation.slow_gpus 'x:2' does not start with a rank, which is an integer ≥ 0; write it like '5:1.3'"
    ),
    (
      "simulation: {slow_gpus: 0:0.5}",
      "3:25: simulation.slow_gpus '0:0.5' does not end with a factor from 1 to 1000; at 2, it takes twice as long"
    ),
    (
      "simulation: {slow_gpus: [0:2, 5:1e300]}",
      "3:25: simulation.slow_gpus '5:1e300' does not end with a factor from 1 to 1000; at 2, it takes twice as long"
    ),
    (
      "simulation: {slow_links: network 5:1001}",
      "3:26: simulation.slow_links 'network 5:1001' does not end with a factor from 1 to 1000; at 2, it takes twice as long"
    ),
    ("simulation: {slow_gpus: '0:2'}\nparallelism: {dp: 1}\nseed: x", "5:7: seed 'x' is not an integer ≥ 0"),
    (
      "simulation: {slow_links: [0:2]}",
      "3:26: simulation.slow_links '0:2' is not PART RANK:FACTOR; write it like 'network 5:4'"
    ),
    (
      "simulation: {slow_links: nvlnk 0:2}",
      "3:26: simulation.slow_links 'nvlnk 0:2' does not start with network, nvlink or pcie; write it like 'network 5:4'"
    ),
    (
      "simulation: {slow_gpus: [0:2, 0:3]}",
      "3:25: simulation.slow_gpus '0:3.0' is about a rank that is in the list already; keep one"
    ),
    (
      "simulation: {mtbf_per_gpu: 5}",
      "3:28: simulation.mtbf_per_gpu '5' has no unit; write it like '5 min' (units: ms, s, min, h, d)"
    ),
    ("simulation: {restart_time: 0 s}", "3:28: simulation.restart_time '0 s' is not a time above 0"),
    (
      "simulation: {checkpoint_write_time: -1 s}",
      "3:37: simulation.checkpoint_write_time '-1 s' is not a time of at least 0"
    ),
    (
      "simulation: {restart_time: 5 min}",
      "3:28: simulation.restart_time has no effect without simulation.mtbf_per_gpu; give that too, or remove it"
    ),
    ("simulation: {slow: 1}", "3:14: simulation.slow is no known key; 'orrery train --help-config' lists all keys"),
    (
      "simulation: {sloww_gpus: 0:2}",
      "3:14: simulation.sloww_gpus is no known key; did you mean 'simulation.slow_gpus'?"
    ),
  ])
  func `a bad value is refused with key, value, reason and the way on`(_ text: String, message: String) {
    #expect(mistakes(with: text) == ["run.yaml:\(message)"])
  }

  @Test func `failures need to be told what they cost`() {
    #expect(
      mistakes(with: "simulation: {mtbf_per_gpu: 5 d}") == [
        "run.yaml: simulation.restart_time is missing; simulation.mtbf_per_gpu needs it, as in "
          + "'simulation.restart_time: 2 min'",
        "run.yaml: simulation.checkpoint_write_time is missing; simulation.mtbf_per_gpu needs it, as in "
          + "'simulation.checkpoint_write_time: 2 min'",
      ])
  }

  @Test func `ranks and GPUs that the layout does not have are found in the file`() {
    let settings = "simulation: {gpus: 8, slow_gpus: [1:2, 2:2], slow_links: pcie 3:2}"
    #expect(
      mistakes(with: "parallelism: {dp: 2}\n" + settings) == [
        "run.yaml:4:20: simulation.gpus '8' does not fit: the run's layout has 2 ranks; remove it, or set parallelism.dp to -1",
        "run.yaml:4:34: simulation.slow_gpus '2:2.0' names none of the 2 ranks; ranks are 0 to 1",
        "run.yaml:4:58: simulation.slow_links 'pcie 3:2.0' names none of the 2 ranks; ranks are 0 to 1",
      ])
    #expect(mistakes(with: "parallelism: {dp: -1}\nglobal_batch_size: 8\n" + settings) == [])
    #expect(mistakes(with: "parallelism: {dp: -1}\nsimulation: {gpus: 3, slow_gpus: 3:2}").count == 1)
  }

  @Test func `an open layout is checked when its world is known, and training goes on in any world`() throws {
    let open = try run("parallelism: {dp: -1}\nglobal_batch_size: 12\nsimulation: {slow_gpus: 5:2}")
    #expect(try open.resolved(world: 2).worldSize == 2)
    #expect(throws: Never.self) { try open.checkSimulation(world: 6) }
    let error = #expect(throws: ConfigurationErrors.self) { try open.checkSimulation(world: 5) }
    #expect(error?.description == "simulation.slow_gpus '5:2.0' names none of the 5 ranks; ranks are 0 to 4")
  }

  @Test func `a cluster in other words is the same run, and what is not given follows the run`() throws {
    #expect(try run("cluster: DGX H100").canonicalJSON == run("cluster: hgx-h100").canonicalJSON)
    let saved = try run("precision: bf16").canonicalJSON
    let again = try RunConfiguration.parse(saved, file: "a", overrides: ["precision=fp16"])
    #expect(again.simulation.precision == .float16)
  }

  @Test func `what is simulated changes nothing that is trained`() throws {
    let (plain, simulated) = (try run(), try run("cluster: dgx-2\nsimulation: {kernels: eager, jitter: 0.1}"))
    let keys = simulated.differences(from: plain).map(\.key)
    #expect(keys == ["cluster", "simulation.jitter", "simulation.kernels"])
    #expect(simulated.seed == plain.seed && simulated.precision == plain.precision)
  }
}
