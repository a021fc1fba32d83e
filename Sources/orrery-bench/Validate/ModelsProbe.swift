import ArgumentParser
import Cluster
import Collectives
import Execution
import Foundation
import GPUModel
import Measurements
import Mesh
import Model
import Program
import Quantities
import Training

struct ModelsProbe: ParsableCommand {
  @Argument var file: String
  @Option var issue = 6.0
  @Option var gap = 1.0
  @Flag var detail = false
  func run() throws {
    let table = try CSVTable(parsing: String(contentsOfFile: file, encoding: .utf8), name: file)
    let cat = try GPUCatalogue.builtIn()
    let cal = try Calibration.builtIn()
    for row in table.rows where row["n_gpus"] == "1" && row["dtype"].hasPrefix("fp32") {
      let name = row["model"]
      var c = GPT2Configuration(vocabularySize: Int(row["vocab"])!, positions: max(Int(row["seq_len"])!, 512), hidden: Int(row["hidden"])!, layers: Int(row["layers"])!, heads: Int(row["heads"])!)
      let train = row["scope"] == "fwd+bwd"
      c.activation = name.contains("opt") ? .relu : name.contains("bert") ? .gelu : .geluTanh
      if train { (c.embeddingDropout, c.attentionDropout, c.residualDropout) = (0.1, 0.1, 0.1) }
      let gpu = try cat.gpu(named: row["gpu"])
      let b = Int(row["global_batch"])!, s = Int(row["seq_len"])!
      let plan = TrainingPlan(model: .gpt2(c), sequence: s, microBatch: b, accumulation: 1, optimizer: .adamw(), schedule: LearningRateSchedule(peak: 1e-3))
      let trainer = Trainer(plan, device: NullDevice(), mesh: Mesh(), rank: 0)
      let ids = Array(repeating: Int32(0), count: b * s)
      _ = try trainer.step([MicroBatch(inputs: ids, targets: ids, firstSample: 0)])
      let pricing = try TracePricing(gpu, Lowering(.eager, attention: .unfused), cal, issue: HostIssue(secondsPerOperation: issue * 1e-6, gap: gap * 1e-6))
      let kernels = try pricing.kernels(of: trainer.executor.trace)
      func total(_ phases: [String]) -> Double { StreamTimeline(kernels.filter { phases.contains($0.phase) }.map(\.launch)).seconds }
      let fw = total(["forward"]), bw = total(["backward"])
      let notes = row["notes"]
      let mf = Double(notes.firstMatch(of: #/fw ([\d.]+) ms/#)!.1)!, mb = Double(notes.firstMatch(of: #/bwall ([\d.]+) ms/#)!.1)!
      let meas = Double(row["step_time_s"])! * 1e3
      let pred = (train ? fw + bw : fw) * 1e3
      print(gpu.name.padding(toLength: 22, withPad: " ", startingAt: 0), name, s, b, train ? "train" : "infer", String(format: "meas %.1f pred %.1f %+.1f%%  fw %.1f/%.1f %+.0f%%  bw %.1f/%.1f %+.0f%%", meas, pred, 100 * (pred / meas - 1), fw * 1e3, mf, 100 * (fw * 1e3 / mf - 1), bw * 1e3, mb, mb > 0 ? 100 * (bw * 1e3 / mb - 1) : 0))
      if detail {
        var sums: [String: (Int, Double)] = [:]
        for k in kernels where k.phase == "forward" || train && k.phase == "backward" { sums["\(k.phase) \(k.kind.rawValue) \(k.lowered.name)", default: (0, 0)].0 += 1; sums["\(k.phase) \(k.kind.rawValue) \(k.lowered.name)"]!.1 += k.seconds }
        for (k, v) in sums.sorted(by: { $0.value.1 > $1.value.1 }).prefix(30) { print("    ", k, v.0, String(format: "%.2f ms", v.1 * 1e3)) }
      }
    }
  }
}
