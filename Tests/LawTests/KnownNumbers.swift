import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import Training

/// One step of a whole published layout on shapes: what its first rank keeps.
struct KnownNumbers {
  var model: ModelConfiguration
  var (batch, sequence) = (1, 1)
  var precision = PrecisionPlan(.float16, gradient: .float16)
  var recomputation = Recomputation.none
  var isSequenceParallel = false
  var zeroStage = 0
  var (data, tensor) = (1, 1)

  init(_ model: GPT2Configuration) { self.model = .gpt2(model) }

  /// A GPT of a size that a paper speaks of, with GPT-2's vocabulary.
  static func gpt(layers: Int, hidden: Int, heads: Int, positions: Int = 1024) -> GPT2Configuration {
    GPT2Configuration(vocabularySize: 51_200, positions: positions, hidden: hidden, layers: layers, heads: heads)
  }

  private var plan: TrainingPlan {
    TrainingPlan(
      model: model, sequence: sequence, microBatch: batch, accumulation: 1, optimizer: .adamw(),
      schedule: LearningRateSchedule(peak: 1e-4), precision: precision, zero: ZeROPlan(stage: zeroStage),
      recomputation: recomputation, isSequenceParallel: isSequenceParallel)
  }

  /// The ledger and the trace of the first rank's step.
  func step() throws -> (ledger: Ledger, trace: Trace) {
    let mesh = Mesh([.data: data, .tensor: tensor])
    let trainer = Trainer(plan, device: NullDevice(), mesh: mesh, rank: 0)
    let ids = Array(repeating: Int32(0), count: batch * sequence)
    _ = try trainer.step([MicroBatch(inputs: ids, targets: ids, firstSample: 0)])
    // What a trainer owns leaves the books with it.
    return withExtendedLifetime(trainer) { (trainer.executor.ledger, trainer.executor.trace) }
  }

  /// The most that parameters, gradients and optimizer state take, in bytes.
  func states() throws -> [MemoryCategory: Int] {
    let peak = try step().ledger.peak
    return [.parameters, .gradients, .optimizer].reduce(into: [:]) { $0[$1] = peak[$1]?.value ?? 0 }
  }

  /// Activations that are live when the backward pass begins, in bytes.
  func savedActivations() throws -> Int {
    var live = 0
    for node in try step().trace.nodes {
      switch node {
      case .allocate(let bytes, .activations): live += bytes.value
      case .free(let bytes, .activations): live -= bytes.value
      case .phase("backward"): return live
      default: continue
      }
    }
    return live
  }
}
