import Foundation
import Quantities
import Training

/// What is about to run, before the first step.
func beginning(of summary: RunSummary, at time: Date) -> [String] {
  let resumed = summary.firstStep > 0 ? ", resumed after step \(grouped(summary.firstStep))" : ""
  let rows: [(String, String)?] = [
    ("layout", "\(summary.layout): \(counted(summary.ranks, "rank")) over \(summary.transport)"),
    ("model", model(summary)),
    ("batch", batchEquation(summary)),
    ("step", stepEquation(summary)),
    ("steps", "\(grouped(summary.firstStep + 1)) to \(grouped(summary.steps))\(resumed)\(passes(summary))"),
    ("data", dataSize(summary)),
    ("machine", machine(summary)), cluster(summary).map { ("cluster", $0) },
    ("lines", legend(summary)),
  ]
  let lines = rows.compactMap { $0 }.map(row)
  return ["training began \(timestamp(time, withMilliseconds: false))"] + lines
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

private func cluster(_ summary: RunSummary) -> String? {
  guard let cluster = summary.simulated else { return summary.unsimulated.map { "none is simulated: \($0)" } }
  let machines = "\(counted(cluster.nodes, "node")) of \(cluster.gpusPerNode) × \(cluster.gpu)"
  let instead = cluster.precision == summary.precision ? "" : " in place of the run's \(summary.precision.rawValue)"
  let precision = cluster.precision.rawValue + instead
  let reason = cluster.isAssumed ? "; assumed, the run names no cluster" : ""
  return "\(cluster.name), \(machines), simulated in \(precision)\(reason)"
}

private func legend(_ summary: RunSummary) -> String {
  let clock = summary.simulated == nil ? "" : "sim is a step on the cluster, by models; "
  return "loss, grad norm and lr are of the step itself; \(clock)real is this CPU, means since the line before"
}

private func model(_ summary: RunSummary) -> String {
  let bytes = ByteCount(summary.parameters, of: summary.precision)
  return "\(counted(summary.parameters, "parameter")) (\(bytes) in \(summary.precision.rawValue)), vocabulary "
    + grouped(summary.vocabulary)
}

/// What the run amounted to, after its last step.
func ending(_ totals: RunTotals, of summary: RunSummary?, at time: Date) -> [String] {
  let speed = "\(counted(totals.tokens, "token")), \(perSecond(totals.tokens, totals.seconds)) tokens/s"
  let predicted = totals.predicted
  let rows =
    [
      ("total", "\(counted(totals.steps, "step")) in \(durationText(totals.seconds)), \(speed)"),
      ("memory", witnessed(totals.peakMemory, "peak", totals.allocatorHighWater, "the allocator")),
    ] + foretold(predicted?.peakMemory, totals.peakMemory)
    + parts(totals.memoryByCategory, predicted?.memoryByCategory)
    + [("sent", witnessed(totals.bytesPerStep, "per step", totals.transportBytesPerStep, "the transport"))]
    + foretold(predicted?.perStep, totals.bytesPerStep) + parts(totals.bytesByRoute, predicted?.byRoute)
    + (totals.controlBytes == .zero ? [] : [("control", "\(totals.controlBytes) of questions about faults")])
  return ["training ended \(timestamp(time, withMilliseconds: false)), this rank:"] + rows.map(row)
}

/// The ledger's figure beside what shapes alone had said.
private func foretold(_ predicted: ByteCount?, _ ledger: ByteCount) -> [(String, String)] {
  predicted.map { [("", "\($0) predicted on shapes alone (\(verdict($0, ledger)))")] } ?? []
}

/// The largest first; equal ones by name. With a prediction two columns: what was predicted, what was.
private func parts(_ bytes: [String: ByteCount], _ predicted: [String: ByteCount]?) -> [(String, String)] {
  let all = bytes.merging(predicted ?? [:]) { real, _ in real }
  let names = all.keys.map(\.count).max() ?? 0
  let lines = all.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, _ in
    let columns = (predicted.map { [$0[name] ?? .zero] } ?? []) + [bytes[name] ?? .zero]
    let width = predicted == nil ? 8 : "predicted".count
    return "  \(name.filled(names))" + columns.map { "  " + "\($0)".aligned(width) }.joined()
  }
  let head = predicted == nil || lines.isEmpty ? [] : ["  \("".filled(names))  predicted       real"]
  return (head + lines).map { ("", $0) }
}

/// A number of the ledger beside its independent witness's, and whether they are equal to the byte: rounded to three digits
/// both would look the same.
private func witnessed(_ ledger: ByteCount, _ what: String, _ seen: ByteCount, _ witness: String) -> String {
  "\(ledger) \(what) by the ledger, \(seen) by \(witness) (\(verdict(ledger, seen)))"
}

/// How far `seen` is from `expected`.
private func verdict(_ expected: ByteCount, _ seen: ByteCount) -> String {
  let difference = seen.value - expected.value
  guard difference != 0 else { return "equal to the byte" }
  return "\(difference > 0 ? "+" : "-")\(ByteCount(abs(difference))), \(counted(abs(difference), "byte"))"
}
