import Cluster
import Configuration
import Execution
import GPUModel
import Mesh
import Model
import PipelineSchedules
import Planning
import Program
import Quantities
import Timing
import Training

/// What `orrery estimate --json` prints; `docs/estimate-json.md` describes every key.
///
/// Seconds are simulated, bytes exact, shares of one. Names stay; what is added is added, and `version` counts what breaks a reader.
struct EstimateRecord: Encodable {
  static let version = 1

  struct Run: Encodable {
    var model, precision, schedule, recomputation: String
    var parameters, layers, gpus, sequenceLength, microBatchSize, accumulationSteps, globalBatchSize, zeroStage: Int
    var pp, dp, cp, ep, tp: Int
    var sequenceParallel: Bool
  }
  struct Machines: Encodable {
    var name, gpu, kernels, attention: String
    var nodes, gpusPerNode: Int
    var notes, substitutions, notModelled: [String]
    var errorBand: String
  }
  struct Step: Encodable {
    var seconds, tokensPerSecond, tokensPerSecondPerGpu, modelFlopsUtilization, hardwareFlopsUtilization, joules: Double
    var tokens: Int
    var modelFlops, peakFlopsPerSecond: Double
    var criticalPath: [Part]
  }
  struct Part: Encodable {
    var kind: String
    var seconds: Double
  }
  struct Rank: Encodable {
    var label: String
    var rank, ranks: Int
    var slowdown: Double
    var compute, exposedCommunication, hiddenCommunication: [Part]
    var warmUpSeconds, drainSeconds, dependencyWaitSeconds, transferWaitSeconds: Double
    var peersSeconds, launchingSeconds, offloadSeconds: Double
    var otherStreamsSeconds: Double
  }
  struct Memory: Encodable {
    var fits: Bool
    var capacityBytes, freeBytes: Int
    var verdict: String
    var shortage: Shortage?
    var host: Host?
    var ranks: [RankMemory]
  }
  struct Host: Encodable {
    var node, ranks, usedBytes, capacityBytes, freeBytes: Int
    var moment: String
  }
  struct Shortage: Encodable {
    var label, largest, moment: String
    var missingBytes: Int
    var advice: [Advice]
  }
  struct Advice: Encodable {
    var action: String
    var savesBytes: Int
    var atMost, suffices: Bool
  }
  struct RankMemory: Encodable {
    var label, moment: String
    var ranks, totalBytes: Int
    var offloadedBytes: Int?
    var lines: [Line]
  }
  struct Line: Encodable {
    var name: String
    var bytes: Int
    var part: Bool
    var source: String?
  }
  struct Traffic: Encodable {
    var sentBytes, busiestRankBytes: Int
    var routes: [Route]
    var links: [LinkLoad]
  }
  struct Route: Encodable {
    var axis, collective: String
    var calls, payloadBytes, sentBytes, busiestRankBytes: Int
  }
  struct LinkLoad: Encodable {
    var link: String
    var bytes: Int
  }
  struct Jitter: Encodable {
    var variation, meanSeconds, medianSeconds, p90Seconds, p99Seconds: Double
  }
  struct Goodput: Encodable {
    var useful, writing, lost, restarting, bestUseful: Double
    var interval, bestInterval: Int
    var hoursBetweenFailures: Double?
  }

  let version: Int
  let run: Run
  let cluster: Machines
  let step: Step
  let ranks: [Rank]
  let memory: Memory
  let traffic: Traffic
  let jitter: Jitter?
  let goodput: Goodput?

  init(_ prediction: StepPrediction) {
    let estimate = prediction.estimate
    version = Self.version
    run = Run(prediction.run)
    cluster = Machines(prediction)
    step = Step(estimate)
    ranks = zip(estimate.step.tracks, estimate.step.breakdowns).map(Rank.init)
    memory = Memory(estimate)
    traffic = Traffic(estimate)
    jitter = prediction.outlook.jitter.map(Jitter.init)
    goodput = prediction.outlook.reliability.map(Goodput.init)
  }
}

extension EstimateRecord.Run {
  init(_ run: SimulatedRun) {
    let (plan, mesh) = (run.scenario.plan, run.scenario.mesh)
    self.init(
      model: plan.model.family.rawValue, precision: plan.precision.type.rawValue, schedule: plan.pipeline.schedule.name,
      recomputation: plan.recomputation.name, parameters: plan.model.parameterCount,
      layers: plan.model.architecture.layers, gpus: mesh.count, sequenceLength: plan.sequence,
      microBatchSize: plan.microBatch, accumulationSteps: plan.accumulation,
      globalBatchSize: plan.microBatch * plan.accumulation * mesh.size(.data), zeroStage: plan.zero.stage,
      pp: mesh.size(.pipeline), dp: mesh.size(.data), cp: mesh.size(.context), ep: mesh.size(.expert),
      tp: mesh.size(.tensor), sequenceParallel: plan.isSequenceParallel)
  }
}

extension Recomputation {
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .selective: "selective"
    case .full(let every): every == 1 ? "full" : "full every \(every)"
    }
  }
}

extension EstimateRecord.Machines {
  init(_ prediction: StepPrediction) {
    let scenario = prediction.run.scenario
    self.init(
      name: scenario.cluster.name, gpu: scenario.cluster.gpu.name, kernels: scenario.lowering.fusion.rawValue,
      attention: scenario.lowering.attention.rawValue, nodes: scenario.cluster.nodes,
      gpusPerNode: scenario.cluster.gpusPerNode, notes: prediction.run.notes,
      substitutions: prediction.estimate.substitutions, notModelled: ModelLimits.all(scenario),
      errorBand: ErrorBand.text)
  }
}

extension EstimateRecord.Step {
  init(_ estimate: ClusterEstimate) {
    self.init(
      seconds: estimate.seconds, tokensPerSecond: estimate.tokensPerSecond,
      tokensPerSecondPerGpu: estimate.tokensPerSecondPerGPU, modelFlopsUtilization: estimate.mfu,
      hardwareFlopsUtilization: estimate.hfu, joules: estimate.joules, tokens: estimate.tokens,
      modelFlops: estimate.modelFLOPs, peakFlopsPerSecond: estimate.peak.flopsPerSecond,
      criticalPath: CriticalPathText(estimate).parts.map { .init(kind: $0.activity.name, seconds: $0.seconds) })
  }
}

extension EstimateRecord.Rank {
  init(_ track: RankTrack, _ breakdown: StepBreakdown) {
    func parts(_ kinds: [Activity], _ time: (Activity) -> SimDuration?) -> [EstimateRecord.Part] {
      kinds.map { .init(kind: $0.name, seconds: time($0)?.seconds ?? 0) }.filter { $0.seconds > 0 }
    }
    self.init(
      label: track.label, rank: track.rank, ranks: track.count, slowdown: track.slowdown,
      compute: parts(Activity.kernels) { breakdown.busy[$0] },
      exposedCommunication: parts(Activity.communication) { breakdown.exposed[$0] },
      hiddenCommunication: parts(Activity.communication) { breakdown.hidden($0) },
      warmUpSeconds: breakdown.warmUp.seconds, drainSeconds: breakdown.drain.seconds,
      dependencyWaitSeconds: breakdown.dependencyWait.seconds, transferWaitSeconds: breakdown.transferWait.seconds,
      peersSeconds: breakdown.peers.seconds, launchingSeconds: breakdown.launching.seconds,
      offloadSeconds: breakdown.offload.seconds, otherStreamsSeconds: breakdown.beside.seconds)
  }
}

extension EstimateRecord.Memory {
  init(_ estimate: ClusterEstimate) {
    let verdict = estimate.verdict
    self.init(
      fits: verdict.fits, capacityBytes: verdict.capacity.value, freeBytes: verdict.free.value,
      verdict: verdict.description, shortage: verdict.shortage.map(EstimateRecord.Shortage.init),
      host: verdict.host.map(EstimateRecord.Host.init), ranks: estimate.memory.map(EstimateRecord.RankMemory.init))
  }
}

extension EstimateRecord.Shortage {
  init(_ shortage: MemoryVerdict.Shortage) {
    self.init(
      label: shortage.label, largest: shortage.largest.rawValue, moment: shortage.moment.description,
      missingBytes: shortage.missing.value,
      advice: shortage.advice.map {
        .init(action: $0.action, savesBytes: $0.saves.value, atMost: $0.isAtMost, suffices: $0.suffices)
      })
  }
}

extension EstimateRecord.Host {
  init(_ host: HostMemory) {
    self.init(
      node: host.node, ranks: host.ranks, usedBytes: host.used.value, capacityBytes: host.capacity.value,
      freeBytes: host.free.value, moment: host.most.moment.description)
  }
}

extension EstimateRecord.RankMemory {
  init(_ estimate: MemoryEstimate) {
    self.init(
      label: estimate.memory.label, moment: estimate.memory.moment.description, ranks: estimate.memory.ranks,
      totalBytes: estimate.total.value, offloadedBytes: estimate.memory.offloaded?.bytes.value,
      lines: estimate.lines.map { .init(name: $0.name, bytes: $0.bytes.value, part: $0.isPart, source: $0.source) })
  }
}

extension EstimateRecord.Traffic {
  init(_ estimate: ClusterEstimate) {
    let busiest = estimate.busiest.ledger.communication
    self.init(
      sentBytes: estimate.traffic.sent.value, busiestRankBytes: estimate.traffic.mostSent.value,
      routes: estimate.traffic.lines.map { line in
        .init(
          axis: line.route.scope.rawValue, collective: line.route.kind.name, calls: line.calls,
          payloadBytes: line.payload.value, sentBytes: line.sent.value,
          busiestRankBytes: busiest[line.route]?.sent.value ?? 0)
      },
      links: estimate.linkLoads.map { .init(link: $0.link.rawValue, bytes: $0.bytes.value) })
  }
}

extension EstimateRecord.Jitter {
  init(_ jitter: RunOutlook.Jitter) {
    self.init(
      variation: jitter.variation, meanSeconds: jitter.mean, medianSeconds: jitter.median, p90Seconds: jitter.p90,
      p99Seconds: jitter.p99)
  }
}

extension EstimateRecord.Goodput {
  init(_ reliability: RunOutlook.Reliability) {
    let goodput = reliability.goodput
    self.init(
      useful: goodput.useful, writing: goodput.writing, lost: goodput.lost, restarting: goodput.restarting,
      bestUseful: reliability.bestGoodput.useful, interval: reliability.run.interval,
      bestInterval: reliability.best.interval, hoursBetweenFailures: reliability.run.failures.meanHours)
  }
}
