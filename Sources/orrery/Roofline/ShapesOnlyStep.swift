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

  /// - Errors: a rank that the layout does not have.
  init(_ configuration: RunConfiguration, rank: Int) throws {
    let mesh = configuration.mesh
    guard rank < mesh.count else {
      throw Failure(code: .usage, text: "--rank \(rank): the layout has ranks 0 to \(mesh.count - 1)").error
    }
    let trainer = Trainer(TrainingPlan(configuration), device: NullDevice(), mesh: mesh, rank: rank)
    let plan = trainer.plan
    let ids = Array(repeating: Int32(0), count: plan.microBatch * plan.sequence)
    let batch = MicroBatch(inputs: ids, targets: ids, firstSample: 0)
    _ = try trainer.step(Array(repeating: batch, count: plan.accumulation))
    (self.configuration, self.rank, trace) = (configuration, rank, trainer.executor.trace)
    modelFLOPs = FLOPCount(trainer.tokensPerStep * trainer.layout.model.modelFLOPs(sequence: plan.sequence))
  }

  /// In which the model's matrix products are made.
  func precision(_ allowsTF32: Bool) -> MathPrecision {
    let precision = MathPrecision(configuration.precision.type)!
    return precision == .fp32 && allowsTF32 ? .tf32 : precision
  }
}
