import Foundation
import Quantities
import Training

/// One line of a metrics file: the schema.
///
/// Every line is a JSON object with sorted keys. `event` and `time` (ISO 8601, UTC) are on each; `step` is the number of
/// steps done, on every line but `began` and a note before the first step. Numbers are written so that reading gives the
/// same bits back; those that JSON has no number for are the texts `"nan"`, `"inf"` and `"-inf"`.
///
/// | event | further keys |
/// |---|---|
/// | `began` | `schema` (1), `first_step`, `steps` |
/// | | `layout`, `ranks`, `transport`, `cores`, `matmul_gflops` (one core's, measured) |
/// | | `precision`, `parameters`, `vocabulary`, `training_tokens`, `validation_tokens` |
/// | | `global_batch`, `micro_batch`, `accumulation`, `sequence`, `tokens_per_step` |
/// | | `cluster`, `cluster_gpu`, `cluster_assumed` (whether the run names none), `simulated_precision`; else `unsimulated`, the reason |
/// | `step` | `loss` (nats per token), `grad_norm`, `lr`, `seconds`, `tokens`, `tokens_per_second` |
/// | | `gflops` (model, all ranks), `utilization` (of the measured matmul rate, 0 … 1), `remaining_seconds` |
/// | | `simulated_seconds`, `simulated_mfu` (0 … 1): of a step on the simulated cluster; all other times are real |
/// | `evaluation` | `validation_loss`, `training_loss` (absent where not evaluated), `seconds` |
/// | `checkpoint` | `path` |
/// | `note` | `text` |
/// | `ended` | `steps` (as the run counts them), `seconds`, `tokens`, `tokens_per_second` |
/// | | `peak_memory_bytes`, `allocator_bytes`, `memory_bytes` (by category) |
/// | | `sent_bytes_per_step`, `transport_bytes_per_step`, `sent_bytes` (by axis and collective), `control_bytes` |
/// | | `predicted_memory_bytes` (at the peak), `predicted_sent_bytes_per_step`: of this rank, on shapes alone |
///
/// What is of a simulation is absent where nothing is simulated.
struct MetricsLine {
  var fields: [String: MetricsValue]

  /// - Parameter step: steps done so far, if any: for the events that carry none of their own.
  init(_ event: RunEvent, step: Int?, time: Date) {
    switch event {
    case .began(let summary): fields = began(summary)
    case .step(let report): fields = stepped(report)
    case .evaluated(let report): fields = evaluated(report)
    case .saved(let step, let path): fields = ["event": "checkpoint", "step": .integer(step), "path": .text(path)]
    case .note(let text): fields = noted(text, step: step)
    case .ended(let totals): fields = ended(totals, step: step)
    }
    fields["time"] = .text(timestamp(time))
  }

  /// The line, its end included.
  var bytes: Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Numbers and texts alone: nothing that an encoder could refuse.
    return try! encoder.encode(fields) + Data([newline])
  }
}

let newline = UInt8(ascii: "\n")

/// A value of a metrics line.
enum MetricsValue: Encodable, ExpressibleByStringLiteral {
  case integer(Int)
  case number(Double)
  case text(String)
  case truth(Bool)
  case bytes([String: ByteCount])

  init(stringLiteral text: String) { self = .text(text) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .truth(let value): try container.encode(value)
    case .bytes(let value): try container.encode(value.mapValues(\.value))
    }
  }
}

private func began(_ summary: RunSummary) -> [String: MetricsValue] {
  let simulation = summary.simulated.map(described) ?? summary.unsimulated.map { ["unsimulated": .text($0)] }
  return [
    "event": "began", "schema": .integer(1),
    "first_step": .integer(summary.firstStep), "steps": .integer(summary.steps),
    "layout": .text(summary.layout), "ranks": .integer(summary.ranks), "transport": .text(summary.transport),
    "cores": .integer(summary.cores), "matmul_gflops": gigaflops(summary.matmulRate),
    "precision": .text(summary.precision.rawValue), "parameters": .integer(summary.parameters),
    "vocabulary": .integer(summary.vocabulary), "training_tokens": .integer(summary.trainingTokens),
    "validation_tokens": .integer(summary.validationTokens), "global_batch": .integer(summary.globalBatch),
    "micro_batch": .integer(summary.microBatch), "accumulation": .integer(summary.accumulation),
    "sequence": .integer(summary.sequence), "tokens_per_step": .integer(summary.tokensPerStep),
  ].merging(simulation ?? [:]) { own, _ in own }
}

private func described(_ cluster: SimulationSummary) -> [String: MetricsValue] {
  [
    "cluster": .text(cluster.name), "cluster_gpu": .text(cluster.gpu), "cluster_assumed": .truth(cluster.isAssumed),
    "simulated_precision": .text(cluster.precision.rawValue),
  ]
}

private func stepped(_ report: StepReport) -> [String: MetricsValue] {
  [
    "event": "step", "step": .integer(report.step), "loss": .number(report.loss),
    "grad_norm": .number(report.gradientNorm), "lr": .number(report.learningRate), "seconds": .number(report.seconds),
    "tokens": .integer(report.tokens), "tokens_per_second": .number(Double(report.tokens) / report.seconds),
    "gflops": gigaflops(report.rate), "utilization": .number(report.utilization),
    "remaining_seconds": .number(report.remaining),
    "simulated_seconds": report.simulated.map { .number($0.seconds) },
    "simulated_mfu": report.simulated.map { .number($0.utilization) },
  ].present
}

private func evaluated(_ report: EvaluationReport) -> [String: MetricsValue] {
  [
    "event": "evaluation", "step": .integer(report.step), "validation_loss": .number(report.validationLoss),
    "training_loss": report.trainingLoss.map(MetricsValue.number), "seconds": .number(report.seconds),
  ].present
}

private func noted(_ text: String, step: Int?) -> [String: MetricsValue] {
  ["event": "note", "text": .text(text), "step": step.map(MetricsValue.integer)].present
}

private func ended(_ totals: RunTotals, step: Int?) -> [String: MetricsValue] {
  [
    "event": "ended", "step": step.map(MetricsValue.integer), "steps": .integer(totals.steps),
    "seconds": .number(totals.seconds), "tokens": .integer(totals.tokens),
    "tokens_per_second": .number(Double(totals.tokens) / totals.seconds),
    "peak_memory_bytes": .integer(totals.peakMemory.value),
    "allocator_bytes": .integer(totals.allocatorHighWater.value),
    "memory_bytes": .bytes(totals.memoryByCategory), "sent_bytes_per_step": .integer(totals.bytesPerStep.value),
    "transport_bytes_per_step": .integer(totals.transportBytesPerStep.value),
    "sent_bytes": .bytes(totals.bytesByRoute), "control_bytes": .integer(totals.controlBytes.value),
    "predicted_memory_bytes": totals.predicted.map { .integer($0.peakMemory.value) },
    "predicted_sent_bytes_per_step": totals.predicted.map { .integer($0.perStep.value) },
  ].present
}

private func gigaflops(_ rate: ComputeRate) -> MetricsValue { .number(rate.flopsPerSecond / 1e9) }

extension [String: MetricsValue?] {
  /// Without the keys that have no value.
  fileprivate var present: [String: MetricsValue] { compactMapValues { $0 } }
}
