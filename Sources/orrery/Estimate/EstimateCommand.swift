import ArgumentParser
import Cluster
import Planning
import Reporting
import Timing

struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract: "Predict time, memory and traffic of a training step on a cluster of any size.",
    discussion: """
      Runs the step's program on shapes alone and plays it on modelled GPUs and links; nothing is trained, and no MPI is \
      needed. The settings of simulation in the run's file, or on the command line, say what differs from the machine at its \
      best. A run that does not fit the GPUs' memory is a result, with exit code 0: the report says what is missing.

      orrery estimate configs/runs/gpt3-175b.yaml
      orrery estimate configs/runs/llama-3d.yaml --cluster dgx-a100-80 --gpus 64 parallelism.dp=-1 global_batch_size=64
      orrery estimate configs/runs/gpt3-175b.yaml --trace step.json simulation.slow_gpus=5:1.3
      """)

  @Argument(help: "The run's YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @OptionGroup var simulation: SimulationOptions

  @Flag(
    help: "Print JSON, as docs/estimate-json.md describes it; figures are in seconds, bytes, FLOPs and shares of one.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write the simulated timeline into this file, for Perfetto or chrome://tracing.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  func run() throws {
    try simulating {
      let run = try SimulatedRun(simulation.load(config, overrides), simulation)
      let prediction = try StepPrediction(run, simulation.constants(), records: trace != nil)
      if let trace { try write(prediction, to: trace) }
      try StandardOutput.print(json ? jsonText(EstimateRecord(prediction)) : EstimateReport(prediction).text)
    }
  }

  private func write(_ prediction: StepPrediction, to path: String) throws {
    guard let timeline = prediction.estimate.step.timeline else {
      preconditionFailure("a recorded step has a timeline")
    }
    let notes = ["run": config, "cluster": prediction.run.scenario.cluster.name]
    try ChromeTrace([(clock: .simulated, timeline: timeline)], notes: notes).write(to: path)
  }
}
