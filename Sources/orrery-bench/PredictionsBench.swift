import ArgumentParser
import Cluster
import GPUModel
import Quantities

/// How long a prediction takes: kernel times are asked for by the million in a search.
struct PredictionsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predictions",
    abstract: "Time of one predicted matrix product: worked out anew, and looked up; median of runs.")

  @Option(help: "GPUs, separated by commas.") var gpu = "A100,H100,B200"
  @Option(help: "Products of a run.") var count = 100_000
  @Option(help: "Runs.") var runs = 5

  func validate() throws {
    guard count > 0, runs > 0 else {
      throw ValidationError("--count \(count), --runs \(runs): both must be at least 1.")
    }
  }

  func run() throws {
    let (catalogue, calibration) = (try GPUCatalogue.builtIn(), try Calibration.builtIn())
    for name in gpu.split(separator: ",") {
      let model = try KernelModel(catalogue.gpu(named: String(name)), calibration)
      let precision = [MathPrecision.bf16, .fp16, .fp32].first { model.gpu.matmulRates[$0] != nil }!
      let products = Self.products(count, precision)
      let anew = try timed { for product in products { _ = try model.seconds(product) } }
      let times = KernelTimes(model)
      let few = Array(products.prefix(64))
      for product in few { _ = try times.seconds(product) }
      let lookedUp = try timed { for index in 0..<count { _ = try times.seconds(few[index % few.count]) } }
      print("\(model.gpu.name): \(text(anew)) anew, \(text(lookedUp)) looked up")
    }
  }

  /// Sizes of 1 to 16,384, evenly spread over their logarithms; the same every time.
  private static func products(_ count: Int, _ precision: MathPrecision) -> [Kernel] {
    var state: UInt64 = 1
    func size() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let power = Int(state >> 60) % 15
      return (1 << power) + Int(state >> 40) % (1 << power)
    }
    return (0..<count).map { _ in .matmul(MatmulKernel(m: size(), n: size(), k: size(), precision: precision)) }
  }

  /// Nanoseconds of one of `count`, over the runs.
  private func timed(_ work: () throws -> Void) throws -> [Double] {
    let clock = ContinuousClock()
    return try (0..<runs).map { _ in try clock.measure(work) / .nanoseconds(1) / Double(count) }.sorted()
  }

  private func text(_ runs: [Double]) -> String {
    let (median, least, most) = (runs[runs.count / 2], runs[0], runs[runs.count - 1])
    return "\(threeDigits(median)) ns (\(threeDigits(least)) to \(threeDigits(most)))"
  }
}
