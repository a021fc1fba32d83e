import ArgumentParser

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Predict a run in many layouts, and rank them.",
    discussion: """
      Every combination of the values that --vary gives is a row: those that fit the memory first, the fastest of them first. \
      Data-parallel ranks are what the other axes leave of the GPUs, unless parallelism.dp is varied or typed. A layout that \
      cannot be is a row with the reason.

      orrery compare configs/runs/gpt3-175b.yaml --vary parallelism.tp=4,8 --vary parallelism.pp=4,8,16
      orrery compare configs/runs/zero3.yaml --gpus 8 --vary zero_optimization.stage=0,1,2,3
      """)

  @Argument(help: "The run's YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @Option(
    name: .customLong("vary"),
    help: ArgumentHelp(
      "A setting and its values, as key.path=value,value; once for each setting.", valueName: "values"),
    transform: { text in
      guard let variation = Variation(argument: text) else {
        throw ValidationError("--vary '\(text)' is not of the form key.path=value,value, as in parallelism.tp=1,2,4.")
      }
      return variation
    })
  var variations: [Variation] = []

  @OptionGroup var simulation: SimulationOptions

  @Flag(
    help: "Print JSON, as docs/estimate-json.md describes it; figures are in seconds, bytes, joules and shares of one.")
  var json = false

  func validate() throws {
    guard !variations.isEmpty else {
      throw ValidationError("Nothing varies; add --vary key.path=value,value, as in --vary parallelism.tp=1,2,4.")
    }
  }

  func run() throws {
    try simulating {
      let comparison = try Comparison(config, overrides, variations, simulation)
      try StandardOutput.print(json ? jsonText(CompareRecord(comparison)) : CompareReport(comparison).text)
    }
  }
}
