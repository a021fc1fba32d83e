import Cluster
import GPUModel
import Mesh
import Quantities

/// What `orrery roofline --json` prints.
struct StepRecord: Encodable {
  struct Group: Encodable {
    var kernel, kind, shape, limiter: String
    var count, flops: Int
    var seconds, totalSeconds, dramBytes, intensity: Double

    init(_ group: StepEstimate.Group) {
      let first = group.first
      (kernel, kind, shape) = (first.lowered.name, first.kind.rawValue, group.shape)
      (limiter, count, flops) = (first.time.limiter.key, group.count, first.lowered.flops.value)
      (seconds, totalSeconds) = (first.seconds, group.seconds)
      (dramBytes, intensity) = (first.time.dramBytes, group.intensity)
    }
  }
  struct Kind: Encodable {
    var kind: String
    var count: Int
    var seconds, flops: Double
  }

  var gpu, precision, lowering, attention, rank: String
  var groups: [Group]
  var kinds: [Kind]
  var kernels, hostOperations: Int
  /// Of the kernels, of the host, and until both have ended.
  var kernelSeconds, hostSeconds, seconds, idleShare: Double
  var launchBound: Bool
  var modelFlops, peakFlopsPerSecond, modelFlopsUtilization: Double
  var untimedTransfers, untimedMessages, untimedHostOperations: Int

  init(_ estimate: StepEstimate) {
    let (step, timeline) = (estimate.step, estimate.timeline)
    (gpu, precision) = (estimate.gpu.name, estimate.roofline.precision.rawValue)
    (lowering, attention) = (estimate.lowering.fusion.rawValue, estimate.lowering.attention.rawValue)
    rank = step.mesh.describe(step.rank)
    groups = estimate.groups.map(Group.init)
    kinds = estimate.totals.map {
      Kind(kind: $0.kind.rawValue, count: $0.count, seconds: $0.seconds, flops: $0.flops)
    }
    (kernels, hostOperations) = (estimate.kernels.count, estimate.hostOperations)
    (kernelSeconds, hostSeconds) = (timeline.busySeconds, timeline.hostSeconds)
    (seconds, idleShare, launchBound) = (timeline.seconds, timeline.idleShare, timeline.isLaunchBound)
    modelFlops = step.ownModelFLOPs
    peakFlopsPerSecond = estimate.roofline.peak.flopsPerSecond
    modelFlopsUtilization = estimate.utilization(timeline.busySeconds)
    let untimed = estimate.untimed
    (untimedTransfers, untimedMessages) = (untimed.transfers, untimed.messages)
    untimedHostOperations = untimed.hostOperations
  }
}
