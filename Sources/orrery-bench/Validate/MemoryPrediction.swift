import Cluster
import Measurements
import Mesh
import Model
import Planning
import Program
import Quantities
import Training

/// The program's memory figure for a measured row.
struct MemoryPrediction {
  /// In bytes, or a share of one.
  let value: Double
  let substitutions: [String]

  typealias Refusal = StepMeasurement.Refusal

  /// - Errors: `Refusal` for a row that no plan describes, or a figure that the program has no account of.
  init(_ row: MemoryMeasurement, _ catalogue: GPUCatalogue) throws(Refusal) {
    switch row.quantity {
    case .modelStates:
      (value, substitutions) = (try Self.modelStates(row.configuration), [])
    case .layerStates, .layerActivations:
      let plan = try RowPlan(row.configuration, need: .layers)
      let layers = MemoryLayers(plan.counted(row))
      let bytes = row.quantity == .layerStates ? layers.statesOfStage : layers.activationsOfFirstStage
      (value, substitutions) = (Double(bytes.value), plan.substitutions)
    case .activationShare:
      (value, substitutions) = (try Self.share(row), [])
    case .allocatedAfterStep, .peakAllocated, .peakOverStages, .peakUnspecified, .peakReserved:
      let plan = try RowPlan(row.configuration)
      (value, substitutions) = (Double(try Self.held(row, plan, catalogue).value), plan.substitutions)
    }
  }

  /// Activations of a layer beside those under plain tensor parallelism.
  private static func share(_ row: MemoryMeasurement) throws(Refusal) -> Double {
    var base = row
    (base.configuration.recompute, base.configuration.isSequenceParallel) = (StepMeasurement.Recompute.none, false)
    let (own, all) = (try layer(row), try layer(base))
    return Double(own.value) / Double(all.value)
  }

  private static func layer(_ row: MemoryMeasurement) throws(Refusal) -> ByteCount {
    MemoryLayers(try RowPlan(row.configuration, need: .layers).counted(row)).activations
  }
}

extension RowPlan {
  /// With the facts of the source that counted, where it is a paper.
  fileprivate func counted(_ row: MemoryMeasurement) -> RowPlan {
    guard row.group.hasPrefix("korthikanti") else { return self }
    var plan = self
    plan.facts = .korthikanti
    return plan
  }
}

extension MemoryPrediction {
  /// What the framework's allocator has given out, or holds, on the rank that the source logs.
  private static func held(
    _ row: MemoryMeasurement, _ plan: RowPlan, _ catalogue: GPUCatalogue
  ) throws(Refusal) -> ByteCount {
    let gpu: GPU
    do { gpu = try catalogue.gpu(named: row.configuration.gpuName) } catch {
      throw row.configuration.refusal(error.description)
    }
    let flags = try RowFlags(row.configuration)
    let scratch = GPUOverhead.matrixLibraries(
      gpu.capability, isDeterministic: flags.isDeterministic, usesTransformerEngine: flags.usesTransformerEngine)
    switch row.quantity {
    case .allocatedAfterStep: return memory(plan, rank: plan.mesh.count - 1).states + scratch.bytes
    // Megatron-LM's last rank writes the log.
    case .peakAllocated: return memory(plan, rank: plan.mesh.count - 1).peakTotal + scratch.bytes
    case .peakReserved:
      let allocated = most(plan) + scratch.bytes
      return allocated + GPUOverhead.gaps(allocated).bytes
    default: return most(plan) + scratch.bytes
    }
  }

  private static func memory(_ plan: RowPlan, rank: Int) -> StepMemory {
    RankProgram(plan.plan, mesh: plan.mesh, rank: rank, isWhole: true).memory(plan)
  }

  /// Of the first rank of every stage; the others are like them.
  private static func most(_ plan: RowPlan) -> ByteCount {
    let each = plan.mesh.count / plan.mesh.size(.pipeline)
    return (0..<plan.mesh.size(.pipeline)).map { memory(plan, rank: $0 * each).peakTotal }.max()!
  }
}
