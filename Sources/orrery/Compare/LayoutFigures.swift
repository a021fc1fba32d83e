import Cluster
import Model
import Planning
import Quantities
import Timing
import Training

/// What of a prediction a comparison keeps.
struct LayoutFigures {
  /// Seconds, means over ranks: where the time goes.
  struct Part {
    var name: String
    var seconds: Double
  }

  let gpus: Int
  /// The machines, and choices that were made for the user.
  let cluster: String
  let notes: [String]
  let model: ModelConfiguration
  /// Of a step; its mean where steps vary.
  let seconds: Double
  let tokens: Int
  let mfu, joules: Double
  /// Share of the wall clock that failures and checkpoints leave; nil where neither is counted.
  let goodput: Double?
  /// They add up to the wall clock's seconds.
  let parts: [Part]
  let exposed: [Activity: Double]
  let bubble: Double
  /// Of the fullest rank, and of a GPU.
  let memory, capacity: ByteCount
  /// Mean over ranks.
  let sent: ByteCount
  /// Why it does not fit; nil where it does.
  let shortage: MemoryVerdict.Shortage?

  var fits: Bool { shortage == nil }
  var tokensPerSecond: Double { Double(tokens) / seconds }
  /// What a step takes in the long run.
  var wallSeconds: Double { seconds / (goodput ?? 1) }

  init(_ prediction: StepPrediction) {
    let (estimate, outlook) = (prediction.estimate, prediction.outlook)
    func mean(_ part: (StepBreakdown) -> SimDuration) -> Double { estimate.share(part) * estimate.seconds }
    let machines = prediction.run.scenario.cluster
    (cluster, notes) = ("\(machines.name) (\(machines.gpu.name))", prediction.run.notes)
    let (steady, seconds) = (estimate.seconds, outlook.jitter?.mean ?? estimate.seconds)
    (gpus, self.seconds, tokens) = (estimate.gpus, seconds, estimate.tokens)
    (model, mfu, joules) = (estimate.scenario.plan.model, estimate.mfu * steady / seconds, estimate.joules)
    (goodput, shortage) = (outlook.reliability?.goodput.useful, estimate.verdict.shortage)
    exposed = Dictionary(
      uniqueKeysWithValues: Activity.communication.map { kind in (kind, mean { $0.exposed[kind] ?? .zero }) })
    bubble = mean(\.bubble)
    parts =
      Activity.kernels.map { kind in Part(name: kind.name, seconds: mean { $0.busy[kind] ?? .zero }) }
      + Activity.communication.map { kind in
        Part(name: "exposed \(kind.name)", seconds: mean { $0.exposed[kind] ?? .zero })
      }
      + [
        Part(name: "pipeline bubble", seconds: bubble), Part(name: "waiting for slower ranks", seconds: mean(\.peers)),
        Part(name: "waiting for the host to launch", seconds: mean(\.launching)),
        Part(name: "offloaded optimizer work", seconds: mean(\.offload)),
        Part(name: "waiting for the rank that jitter delays most", seconds: seconds - steady),
        Part(name: "time for failures and checkpoints", seconds: seconds / (goodput ?? 1) - seconds),
      ]
    memory = estimate.verdict.capacity - estimate.verdict.free
    capacity = estimate.verdict.capacity
    sent = ByteCount(estimate.traffic.sent.value / estimate.gpus)
  }
}
