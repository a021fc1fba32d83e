import Cluster
import Planning
import Quantities
import Timing

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
  let seconds, tokensPerSecond, mfu, joules: Double
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

  init(_ prediction: StepPrediction) {
    let estimate = prediction.estimate
    func mean(_ part: (StepBreakdown) -> SimDuration) -> Double { estimate.share(part) * estimate.seconds }
    let machines = prediction.run.scenario.cluster
    (cluster, notes) = ("\(machines.name) (\(machines.gpu.name))", prediction.run.notes)
    (gpus, seconds, tokensPerSecond) = (estimate.gpus, estimate.seconds, estimate.tokensPerSecond)
    (mfu, joules, shortage) = (estimate.mfu, estimate.joules, estimate.verdict.shortage)
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
      ]
    memory = estimate.verdict.capacity - estimate.verdict.free
    capacity = estimate.verdict.capacity
    sent = ByteCount(estimate.traffic.sent.value / estimate.gpus)
  }
}
