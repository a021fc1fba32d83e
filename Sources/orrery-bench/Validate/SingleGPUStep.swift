import Cluster
import GPUModel
import Measurements
import Mesh
import Model
import Program
import Quantities
import Training

/// What one GPU does for a measured configuration: the model's own program on shapes, its operations as the framework launches them.
struct SingleGPUStep {
  let measurement: StepMeasurement
  let gpu: GPU
  private let trace: Trace

  /// - Errors: `Refusal` for what is not modelled yet.
  init(_ measurement: StepMeasurement, _ catalogue: GPUCatalogue) throws(StepMeasurement.Refusal) {
    self.measurement = measurement
    guard measurement.gpus == 1 else { throw measurement.refusal("runs on more than one GPU have no time yet") }
    do { gpu = try catalogue.gpu(named: measurement.gpuName) } catch {
      throw measurement.refusal(error.description)
    }
    trace = RankProgram(try TrainingPlan(measurement), mesh: Mesh(), rank: 0, isWhole: true).trace.unfolded
  }

  /// Hugging Face's models launch every function, Megatron's are fused; neither had FlashAttention in the years of these sources.
  private var lowering: Lowering {
    measurement.framework.lowercased().contains("megatron")
      ? Lowering(.fused, attention: .unfused) : Lowering(.eager, attention: .unfused, optimizer: .foreach)
  }

  /// Seconds of the measured part of the step.
  ///
  /// - Errors: `Refusal` for what the GPU cannot do, and constants that are missing.
  func seconds(_ calibration: Calibration) throws(StepMeasurement.Refusal) -> Double {
    let kernels: [PricedKernel]
    do { kernels = try TracePricing(gpu, lowering, calibration).kernels(of: trace) } catch {
      throw measurement.refusal("\(error)")
    }
    return StreamTimeline(kernels.filter { isMeasured($0.phase) }.map(\.launch)).seconds
  }

  private func isMeasured(_ phase: String) -> Bool {
    switch measurement.scope {
    case .forward: phase == "forward"
    case .forwardBackward: phase == "forward" || phase == "backward"
    case .step: true
    }
  }
}

extension TrainingPlan {
  /// - Errors: `Refusal` for what is no model, type or batch.
  fileprivate init(_ row: StepMeasurement) throws(StepMeasurement.Refusal) {
    guard let type = ScalarType(rawValue: row.type) else {
      throw row.refusal("dtype '\(row.type)' is none that a run computes in")
    }
    let model = ModelConfiguration(row)
    if let problem = model.problems.first { throw row.refusal(problem.reason) }
    self.init(
      model: model, sequence: row.sequence, microBatch: row.microBatch, accumulation: try row.accumulation(),
      optimizer: .adamw(), schedule: LearningRateSchedule(peak: 1e-4), clipping: row.scope == .step ? 1 : 0,
      precision: PrecisionPlan(type), recomputation: Recomputation(row.recompute))
  }
}

extension Recomputation {
  fileprivate init(_ word: StepMeasurement.Recompute) {
    switch word {
    case .none: self = .none
    case .selective: self = .selective
    case .full: self = .full(every: 1)
    }
  }
}

extension ModelConfiguration {
  /// The model of a row: its sizes, and by its name the functions that the sizes do not tell. An encoder is timed as a decoder of its
  /// sizes: its products and kernels are as many.
  fileprivate init(_ row: StepMeasurement) {
    let name = row.model.lowercased()
    guard !name.contains("llama") else {
      self = .llama(
        LlamaConfiguration(
          vocabularySize: row.vocabulary, positions: row.sequence, hidden: row.hidden, intermediate: row.intermediate,
          layers: row.layers, heads: row.heads, keyValueHeads: row.keyValueHeads))
      return
    }
    var model = GPT2Configuration(
      vocabularySize: row.vocabulary, positions: row.sequence, hidden: row.hidden, layers: row.layers, heads: row.heads)
    model.intermediate = row.intermediate
    model.activation = name.contains("opt") ? .relu : name.contains("bert") ? .gelu : .geluTanh
    let dropout = row.scope == .forward ? 0 : 0.1
    (model.embeddingDropout, model.attentionDropout, model.residualDropout) = (dropout, dropout, dropout)
    self = .gpt2(model)
  }
}
