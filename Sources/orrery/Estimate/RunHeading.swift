import Cluster
import Configuration
import GPUModel
import Mesh
import Model
import PipelineSchedules
import Planning
import Quantities
import Training

/// What is simulated: the run, its layout, its cluster.
struct RunHeading {
  private let run: SimulatedRun
  private var plan: TrainingPlan { run.scenario.plan }
  private var mesh: Mesh { run.scenario.mesh }
  private var cluster: ClusterDescription { run.scenario.cluster }

  init(_ run: SimulatedRun) { self.run = run }

  var lines: [String] {
    Heading(
      [
        ("model", model), ("layout", layout), ("batch", batch), ("sharing", sharing), ("cluster", machines),
        ("kernels", kernels),
      ], notes: run.notes
    ).lines
  }

  private var model: String {
    let architecture = plan.model.architecture
    return "\(plan.model.family.rawValue), \(parameters), "
      + "\(architecture.layers) layers of \(grouped(architecture.hidden)), \(plan.precision.type.rawValue)"
  }

  private var parameters: String {
    let millions = Double(plan.model.parameterCount) / 1e6
    let (count, unit) = millions < 1000 ? (millions, "million") : (millions / 1000, "billion")
    return "\(threeDigits(count)) \(unit) parameters"
  }

  private var layout: String {
    let axes = mesh.order.filter { mesh.size($0) > 1 }.map { "\($0.rawValue) \(mesh.size($0))" }
    let parts = axes.isEmpty ? "" : " = \(axes.joined(separator: " × "))"
    let sequence = plan.isSequenceParallel && mesh.size(.tensor) > 1 ? ", sequence parallel" : ""
    return "\(grouped(mesh.count)) \(mesh.count == 1 ? "rank" : "ranks")\(parts)\(sequence)\(pipeline)"
  }

  private var pipeline: String {
    guard mesh.size(.pipeline) > 1 else { return "" }
    let schedule = plan.pipeline.schedule
    return ", \(schedule.name) over \(schedule.stageCount) stages"
  }

  private var batch: String {
    let sequences = plan.microBatch * plan.accumulation * mesh.size(.data)
    let replicas = mesh.size(.data)
    return
      "\(grouped(sequences)) sequences of \(grouped(plan.sequence)) tokens: \(grouped(plan.accumulation)) micro-batches "
      + "of \(plan.microBatch)" + (replicas > 1 ? " on each of \(grouped(replicas)) replicas" : "")
  }

  private var sharing: String {
    let shards = mesh.replicas > 1 ? " over \(mesh.shardSize) of \(mesh.size(.data)) replicas" : ""
    let offload = plan.zero.offloadsOptimizer ? ", optimizer in the host's memory" : ""
    return "ZeRO \(plan.zero.stage)\(shards)\(offload), \(recomputation) recomputation"
  }

  private var recomputation: String {
    switch plan.recomputation {
    case .none: "no"
    case .selective: "selective"
    case .full(let every): every == 1 ? "full" : "full (every \(every) layers)"
    }
  }

  private var machines: String {
    let used = mesh.count < cluster.gpus ? ", \(grouped(cluster.gpus - mesh.count)) GPUs left" : ""
    return cluster.inWords + used
  }

  private var kernels: String {
    "\(run.scenario.lowering.fusion.rawValue), \(run.scenario.lowering.attention.rawValue) attention"
  }
}
