import Foundation
import Quantities
import Training

/// What is about to run, before the first step.
func beginning(of summary: RunSummary, at time: Date) -> [String] {
  let resumed = summary.firstStep > 0 ? ", resumed after step \(grouped(summary.firstStep))" : ""
  let rows = [
    ("layout", "\(summary.layout): \(counted(summary.ranks, "rank")) over \(summary.transport)"),
    ("model", model(summary)),
    ("batch", batchEquation(summary)),
    ("step", stepEquation(summary)),
    ("steps", "\(grouped(summary.firstStep + 1)) to \(grouped(summary.steps))\(resumed)\(passes(summary))"),
    ("data", dataSize(summary)),
    ("machine", machine(summary)),
    ("lines", "loss, grad norm and lr are of the step itself; time and rates are means since the line before"),
  ]
  return ["training began \(timestamp(time, withMilliseconds: false))"] + rows.map(row)
}

private func row(_ name: String, _ text: String) -> String { "  \(name.filled(9))\(text)" }

/// `micro 6 × accumulation 1 × dp 2 = 12 sequences`
private func batchEquation(_ summary: RunSummary) -> String {
  let replicas = summary.globalBatch / max(1, summary.microBatch * summary.accumulation)
  return "micro \(summary.microBatch) × accumulation \(summary.accumulation) × dp \(replicas) = "
    + counted(summary.globalBatch, "sequence")
}

private func stepEquation(_ summary: RunSummary) -> String {
  "\(counted(summary.globalBatch, "sequence")) × \(counted(summary.sequence, "token")) = "
    + counted(summary.tokensPerStep, "token")
}

/// How often the whole run, resumed part included, sees each training token.
private func passes(_ summary: RunSummary) -> String {
  guard summary.trainingTokens > 0 else { return "" }
  let passes = Double(summary.steps) * Double(summary.tokensPerStep) / Double(summary.trainingTokens)
  return ", \(compact(passes)) passes over the data"
}

private func dataSize(_ summary: RunSummary) -> String {
  "\(counted(summary.trainingTokens, "training token")), \(counted(summary.validationTokens, "validation token"))"
}

private func machine(_ summary: RunSummary) -> String {
  "\(counted(summary.cores, "core")), \(summary.matmulRate) each in \(matrixProduct(summary)), measured"
}

private func model(_ summary: RunSummary) -> String {
  let bytes = ByteCount(summary.parameters, of: summary.precision)
  return "\(counted(summary.parameters, "parameter")) (\(bytes) in \(summary.precision.rawValue)), vocabulary "
    + grouped(summary.vocabulary)
}

/// What the run amounted to, after its last step.
func ending(_ totals: RunTotals, of summary: RunSummary?, at time: Date) -> [String] {
  let speed = "\(counted(totals.tokens, "token")), \(perSecond(totals.tokens, totals.seconds)) tokens/s"
  let rows =
    [
      ("total", "\(counted(totals.steps, "step")) in \(durationText(totals.seconds)), \(speed)"),
      ("memory", witnessed(totals.peakMemory, "peak", totals.allocatorHighWater, "the allocator")),
    ] + parts(totals.memoryByCategory)
    + [("sent", witnessed(totals.bytesPerStep, "per step", totals.transportBytesPerStep, "the transport"))]
    + parts(totals.bytesByRoute)
    + (totals.controlBytes == .zero ? [] : [("control", "\(totals.controlBytes) of questions about faults")])
  return ["training ended \(timestamp(time, withMilliseconds: false)), this rank:"] + rows.map(row)
}

/// The largest first; equal ones by name.
private func parts(_ bytes: [String: ByteCount]) -> [(String, String)] {
  let names = bytes.keys.map(\.count).max() ?? 0
  return bytes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    .map { ("", "  \($0.key.filled(names))  \("\($0.value)".aligned(8))") }
}

/// A number of the ledger beside its independent witness's, and whether they are equal to the byte: rounded to three digits
/// both would look the same.
private func witnessed(_ ledger: ByteCount, _ what: String, _ seen: ByteCount, _ witness: String) -> String {
  let difference = seen.value - ledger.value
  let verdict =
    difference == 0
    ? "equal to the byte"
    : "\(difference > 0 ? "+" : "-")\(ByteCount(abs(difference))), \(counted(abs(difference), "byte"))"
  return "\(ledger) \(what) by the ledger, \(seen) by \(witness) (\(verdict))"
}
