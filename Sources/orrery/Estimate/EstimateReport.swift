import Planning
import Quantities

/// What `orrery estimate` says.
struct EstimateReport {
  private let prediction: StepPrediction
  private var estimate: ClusterEstimate { prediction.estimate }

  init(_ prediction: StepPrediction) { self.prediction = prediction }

  var text: String {
    let memory = MemoryTable(estimate)
    let blocks = [
      RunHeading(prediction.run).lines, figures + outlook, BreakdownTable(estimate).lines,
      CriticalPathText(estimate).lines, memory.lines + memory.verdict, TrafficTable(estimate).lines, remarks,
    ]
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var figures: [String] {
    return [
      "step time        \(withTimeUnit(estimate.seconds))"
        + (estimate.verdict.fits ? "" : ", if it had the memory; it does not fit"),
      "throughput       \(rate(estimate.tokensPerSecond)), \(rate(estimate.tokensPerSecondPerGPU)) a GPU",
      "MFU              \(utilization(estimate.mfu)) of \(estimate.peak) a GPU (whole attention scores, as PaLM counts)",
      "HFU              \(utilization(estimate.hfu)) (what is carried out)",
      "energy           \(withDecimalPrefix(estimate.joules, "J")) a step: board watts × busy share, unvalidated",
    ]
  }

  private func rate(_ tokens: Double) -> String { "\(grouped(Int(tokens.rounded()))) tokens/s" }

  private var outlook: [String] { jitter + reliability }

  private var jitter: [String] {
    guard let jitter = prediction.outlook.jitter else { return [] }
    return [
      "with jitter      median \(withTimeUnit(jitter.median)), p90 \(withTimeUnit(jitter.p90)), "
        + "p99 \(withTimeUnit(jitter.p99)), mean \(withTimeUnit(jitter.mean)): all wait for the slowest of "
        + "\(grouped(estimate.gpus)) ranks"
    ]
  }

  private var reliability: [String] {
    guard let reliability = prediction.outlook.reliability else { return [] }
    let (goodput, run) = (reliability.goodput, reliability.run)
    let blank = String(repeating: " ", count: 17)
    let failures = run.failures.meanHours.map { "a failure every \(fixed($0, decimals: 1)) h" } ?? "no failures"
    let best = "the most, \(percent(reliability.bestGoodput.useful)), every \(grouped(reliability.best.interval)) steps"
    return [
      "goodput          \(percent(goodput.useful)) useful, \(rate(estimate.tokensPerSecond * goodput.useful)): "
        + "writing \(percent(goodput.writing)), lost \(percent(goodput.lost)), restarting \(percent(goodput.restarting))",
      "\(blank)\(failures); a checkpoint every \(grouped(run.interval)) steps, \(withTimeUnit(run.useful))"
        + (run.failures > .none ? "; \(best)" : ""),
    ]
  }

  private var remarks: [String] {
    let borrowed =
      estimate.substitutions.isEmpty ? [] : ["constants of others: \(estimate.substitutions.joined(separator: "; "))"]
    let limits = "not modelled: \(ModelLimits.all(estimate.scenario).joined(separator: "; "))"
    return (borrowed + [limits, "error band: \(ErrorBand.text) (\(ErrorBand.command))"]).flatMap { wrapped($0) }
  }
}
