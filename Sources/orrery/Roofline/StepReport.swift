import Cluster
import GPUModel
import Mesh
import Quantities

/// What `orrery roofline` says.
struct StepReport {
  private let estimate: StepEstimate
  private let top: Int
  private var timeline: StreamTimeline { estimate.timeline }
  private var busy: Double { timeline.busySeconds }

  init(_ estimate: StepEstimate, top: Int) { (self.estimate, self.top) = (estimate, top) }

  var text: String {
    let blocks = [[heading], kernels, kinds, summary, [remarks]]
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: String {
    let (step, lowering) = (estimate.step, estimate.lowering)
    let rank = step.mesh.count > 1 ? ", \(step.mesh.describe(step.rank))" : ""
    return "\(estimate.gpu.name), \(estimate.roofline.precision.rawValue), \(lowering.fusion.rawValue) kernels, "
      + "\(lowering.attention.rawValue) attention: one step\(rank)"
  }

  private var kernels: [String] {
    let titles = ["kernel", "shape", "count", "each", "total", "share", "limited by", "FLOP/s", "DRAM B/s"]
    let rows = estimate.groups.prefix(top).map { group in
      [
        shortened(group.first.lowered.name), group.shape, grouped(group.count), withTimeUnit(group.first.seconds),
        withTimeUnit(group.seconds), percent(group.seconds / busy), group.first.time.limiter.rawValue,
        withDecimalPrefix(group.rate.flopsPerSecond, ""), withDecimalPrefix(group.dramBandwidth.bytesPerSecond, ""),
      ]
    }
    return TextTable([titles] + rows, leftAligned: [0, 1, 6]).lines + rest
  }

  /// Merged kernels have the names of all their parts.
  private func shortened(_ name: String) -> String { name.count <= 40 ? name : "\(name.prefix(38))…" }

  private var rest: [String] {
    let others = estimate.groups.dropFirst(top)
    guard !others.isEmpty else { return [] }
    let seconds = others.reduce(0) { $0 + $1.seconds }
    return ["and \(others.count) more, \(withTimeUnit(seconds)), \(percent(seconds / busy)); --top lists them"]
  }

  private var kinds: [String] {
    let titles = ["kind", "kernels", "total", "share", "FLOP/s"]
    let rows = estimate.totals.map { total in
      [
        total.kind.rawValue, grouped(total.count), withTimeUnit(total.seconds), percent(total.seconds / busy),
        withDecimalPrefix(total.flops / total.seconds, ""),
      ]
    }
    return TextTable([titles] + rows).lines
  }

  private var summary: [String] {
    let flops = withDecimalPrefix(estimate.step.ownModelFLOPs, "FLOP")
    let peak = "of \(estimate.roofline.peak)"
    return [
      "kernels         \(withTimeUnit(busy)), the sum of \(grouped(estimate.kernels.count))",
      "host            \(withTimeUnit(timeline.hostSeconds)) to issue \(grouped(estimate.hostOperations)) operations",
      "step on the GPU \(withTimeUnit(timeline.seconds)), idle \(percent(timeline.idleShare)): \(verdict)",
      "model FLOPs     \(flops)\(estimate.step.mesh.count > 1 ? ", this rank's equal share of the step" : "")",
      "MFU             \(utilization(estimate.utilization(busy))) \(peak) over the kernels alone, "
        + "\(utilization(estimate.utilization(timeline.seconds))) with the host",
    ]
  }

  private var verdict: String {
    timeline.isLaunchBound
      ? "launch-bound; fuse kernels, or use CUDA graphs" : "bound by its kernels; the host is ahead"
  }

  private var remarks: String {
    let untimed = estimate.untimed
    let parts = [
      untimed.transfers > 0 ? "\(grouped(untimed.transfers)) collectives" : nil,
      untimed.messages > 0 ? "\(grouped(untimed.messages)) messages" : nil,
      untimed.hostOperations > 0 ? "\(grouped(untimed.hostOperations)) operations of the host" : nil,
    ].compactMap { $0 }
    return "Communication takes no time here"
      + (parts.isEmpty ? ", and this rank has none." : ": the rank's \(parts.joined(separator: ", ")) are not timed.")
  }
}
