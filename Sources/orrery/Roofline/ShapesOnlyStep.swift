import Cluster
import Configuration
import Execution
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
    let tokens = try Self.tokens(plan)
    let trainer = Trainer(plan, device: NullDevice(), mesh: mesh, rank: rank)
    modelFLOPs = try Self.flops(trainer)
    let ids = Array(repeating: Int32(0), count: tokens)
    let batch = MicroBatch(inputs: ids, targets: ids, firstSample: 0)
    _ = try trainer.step(Array(repeating: batch, count: plan.accumulation))
    (self.configuration, self.rank, trace) = (configuration, rank, trainer.executor.trace)
  }

  private static func tokens(_ plan: TrainingPlan) throws -> Int {
    let (tokens, isTooLarge) = plan.microBatch.multipliedReportingOverflow(by: plan.sequence)
    guard !isTooLarge, tokens <= mostTokens else {
      throw tooLarge(
        "a micro-batch of \(grouped(plan.microBatch)) x \(grouped(plan.sequence)) tokens is too large: it has at most "
          + grouped(mostTokens))
    }
    return tokens
  }

  private static func flops(_ trainer: Trainer) throws -> FLOPCount {
    let each = trainer.layout.model.modelFLOPs(sequence: trainer.plan.sequence)
    let (flops, isTooLarge) = trainer.tokensPerStep.multipliedReportingOverflow(by: each)
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
