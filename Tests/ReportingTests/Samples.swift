import Foundation
import Quantities
import Reporting
import Training

/// A small run: the one of the golden texts.
func sampleSummary(
  firstStep: Int = 0, steps: Int = 200, precision: ScalarType = .float32, simulated: SimulationSummary? = nil
) -> RunSummary {
  RunSummary(
    layout: "dp 2", ranks: 2, transport: "MPI", parameters: 809_984, vocabulary: 65, trainingTokens: 1_003_854,
    validationTokens: 111_540, globalBatch: 12, microBatch: 6, accumulation: 1, sequence: 64, firstStep: firstStep,
    steps: steps, tokensPerStep: 768, precision: precision, matmulRate: ComputeRate(80.1e9), cores: 2,
    simulated: simulated)
}

/// A cluster that the small run could name.
let sampleCluster = SimulationSummary(
  name: "hgx-h100", nodes: 2, gpusPerNode: 8, gpu: "H100 SXM", isAssumed: false, precision: .float32,
  step: SimulatedClock(seconds: 0.0123, utilization: 0.412))

/// A step whose numbers follow from its place in the run.
func sampleStep(_ step: Int, seconds: Double = 0.05, loss: Double? = nil, of steps: Int = 200) -> StepReport {
  StepReport(
    step: step, loss: loss ?? 4.2 - Double(step) / 100, gradientNorm: 2.5 / Double(step),
    learningRate: 1e-5 * Double(step), seconds: seconds, tokens: 768, rate: ComputeRate(5e9 / seconds),
    utilization: 5 / seconds / 160.2,
    remaining: Double(steps - step) * seconds)
}

let sampleTotals = RunTotals(
  steps: 200, seconds: 12.5, tokens: 153_600, peakMemory: ByteCount(110_100_480),
  allocatorHighWater: ByteCount(110_104_576), bytesPerStep: ByteCount(6_479_872),
  transportBytesPerStep: ByteCount(6_479_872),
  memoryByCategory: [
    "parameters": ByteCount(3_239_936), "gradients": ByteCount(3_239_936), "activations": ByteCount(97_140_736),
    "optimizer": ByteCount(6_479_872),
  ])

/// A whole run: evaluations, checkpoints and a note on the way.
func sampleRun(from firstStep: Int = 0, to steps: Int = 200) -> [RunEvent] {
  var events: [RunEvent] = [.began(sampleSummary(firstStep: firstStep, steps: steps))]
  for step in firstStep + 1...steps {
    events.append(.step(sampleStep(step, of: steps)))
    if step.isMultiple(of: 100) {
      events.append(.evaluated(EvaluationReport(step: step, trainingLoss: 2, validationLoss: 2.25, seconds: 1.5)))
      events.append(.saved(step: step, path: "out/step-\(step)"))
    }
  }
  return events + [.ended(sampleTotals)]
}

/// Noon of the first of March 2026, UTC, and later by `seconds` at every reading.
func steppingClock(by seconds: Double) -> () -> Date {
  var readings = 0.0
  return {
    readings += 1
    return Date(timeIntervalSince1970: 1_772_366_400 + (readings - 1) * seconds)
  }
}

/// What a console says of some events, piece by piece.
func pieces(
  _ events: [RunEvent], isTerminal: Bool = false, width: Int = 80, logEvery: Int = 50, clockStep: Double = 1
) -> [String] {
  var pieces: [String] = []
  let reporter = ConsoleReporter(
    isTerminal: isTerminal, width: width, logEvery: logEvery, clock: steppingClock(by: clockStep)
  ) { pieces.append($0) }
  for event in events { reporter.report(event) }
  return pieces
}

/// The lines of a console on a pipe.
func lines(_ events: [RunEvent], logEvery: Int = 50) -> [String] {
  pieces(events, logEvery: logEvery).joined().split(separator: "\n").map(String.init)
}
