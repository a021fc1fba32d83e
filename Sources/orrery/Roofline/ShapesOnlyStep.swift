import Cluster
import Configuration
import Mesh
import Model
import Program
import Quantities
import Training

/// One training step of one rank, run on shapes alone.
struct ShapesOnlyStep {
  let configuration: RunConfiguration
  let rank: Int
  let trace: Trace
  /// The whole step's, over all ranks: what the model's mathematics asks for, nothing that is computed again.
  let modelFLOPs: FLOPCount

  var mesh: Mesh { configuration.mesh }
  /// This rank's equal share.
  var ownModelFLOPs: Double { Double(modelFLOPs.value) / Double(mesh.count) }

  /// Of a micro-batch, whose tokens are listed.
  private static let mostTokens = 100_000_000

  /// - Errors: a rank that the layout does not have; a step too large for exact counts.
  init(_ configuration: RunConfiguration, rank: Int) throws {
    let mesh = configuration.mesh
    guard rank < mesh.count else {
      throw Failure(code: .usage, text: "--rank \(rank): the layout has ranks 0 to \(mesh.count - 1)").error
    }
    let plan = TrainingPlan(configuration)
    try Self.checkTokens(plan)
    modelFLOPs = try Self.flops(plan, mesh, Layout(plan, mesh: mesh, rank: rank).model)
    trace = RankProgram(plan, mesh: mesh, rank: rank).trace.unfolded
    (self.configuration, self.rank) = (configuration, rank)
  }

  private static func checkTokens(_ plan: TrainingPlan) throws {
    let (tokens, isTooLarge) = plan.microBatch.multipliedReportingOverflow(by: plan.sequence)
    guard !isTooLarge, tokens <= mostTokens else {
      throw tooLarge(
        "a micro-batch of \(grouped(plan.microBatch)) x \(grouped(plan.sequence)) tokens is too large: it has at most "
          + grouped(mostTokens))
    }
  }

  private static func flops(_ plan: TrainingPlan, _ mesh: Mesh, _ model: Transformer) throws -> FLOPCount {
    let tokens = plan.microBatch * plan.sequence * plan.accumulation * mesh.size(.data)
    let (flops, isTooLarge) = tokens.multipliedReportingOverflow(by: model.modelFLOPs(sequence: plan.sequence))
    guard !isTooLarge else { throw tooLarge("the step is too large: all its ranks have at most 9e18 FLOPs") }
    return FLOPCount(flops)
  }

  private static func tooLarge(_ what: String) -> Failure.Wrapped {
    let way = "lower --batch or --sequence (in a run, micro_batch_size or sequence_length)"
    return Failure(code: .usage, text: "\(what); \(way)").error
  }

  /// In which the model's matrix products are made.
  func precision(_ allowsTF32: Bool) -> MathPrecision {
    let precision = MathPrecision(configuration.precision.type)!
    return precision == .fp32 && allowsTF32 ? .tf32 : precision
  }
}
