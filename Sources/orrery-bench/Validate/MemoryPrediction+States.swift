import Measurements
import Mesh
import Model
import Planning
import Program
import Quantities
import Training

/// Rows that state nothing of a model but how many parameters it has.
extension MemoryPrediction {
  /// Any model will do: the states of every parameter take the same bytes, so those of one model are scaled to the count.
  private static let reference = GPT2Configuration(
    vocabularySize: 1024, positions: 16, hidden: 1024, layers: 8, heads: 8)

  /// Parameters, gradients and optimizer state of one rank.
  static func modelStates(_ row: MeasuredConfiguration) throws(Refusal) -> Double {
    guard let parameters = row.parameters else { throw row.refusal("params_b is not stated") }
    guard let facts = FrameworkFacts.named(row.framework) else {
      throw row.refusal("of framework '\(row.framework)' nothing is known")
    }
    if row.notes.contains("offload_param=cpu") || row.notes.contains("offload param") {
      throw row.refusal("offload of parameters is not modelled")
    }
    if row.notes.contains("offload_optimizer=cpu") || row.notes.contains("offload opt") {
      throw row.refusal("DeepSpeed moves gradients to the host with the optimizer's state; the program keeps them")
    }
    let data = row.data ?? row.gpus ?? 1
    let plan = TrainingPlan(
      model: .gpt2(reference), sequence: 1, microBatch: 1, accumulation: 1, optimizer: .adamw(),
      schedule: LearningRateSchedule(peak: 1e-4), precision: PrecisionPlan(.float16, gradient: facts.gradient),
      zero: ZeROPlan(stage: row.zeroStage ?? 0))
    let program = RankProgram(plan, mesh: Mesh([.data: data]), rank: 0, isWhole: true)
    let states = program.memory(beside: KeptBeside(gradientsStay: true)).states
    return Double(states.value) * parameters * 1e9 / Double(reference.parameterCount)
  }
}
