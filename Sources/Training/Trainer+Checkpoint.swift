package import Checkpoint
package import Execution
import Foundation
import Mesh
import Model
package import Program
package import Quantities

/// What a checkpoint says beside its tensors.
package struct TrainerState: Hashable, Sendable, Codable {
  /// Optimizer steps done.
  package var step: Int
  /// Random numbers are counted, not drawn: the seed and the step are all of their state.
  package var seed: UInt64
  /// Samples of the training data read so far; the next step begins with this one.
  package var samples: Int
  package var optimizer: OptimizerRule
  package var precision: ScalarType
}

extension Trainer {
  package static let stateFile = "state.json"
  package static let parameterFile = "model.safetensors"
  package static let optimizerFile = "optimizer.safetensors"
  package static let modelFile = "config.json"

  /// Writes parameters under their logical names, optimizer state as `state.parameter`, and the step. Any rank may: all hold the
  /// same values.
  package func write(into writer: inout CheckpointWriter) throws {
    let globalBatch = plan.microBatch * plan.accumulation * communicator.size(.data)
    try writer.writeJSON(
      Trainer.stateFile,
      TrainerState(
        step: stepCount, seed: plan.seed, samples: stepCount * globalBatch, optimizer: plan.optimizer,
        precision: plan.type))
    try writer.writeJSON(Trainer.modelFile, plan.model.configuration)
    try write(
      parameters.tensors.named.map { ($0.parameter.name, $0.parameter.shape, $0.view) }, Trainer.parameterFile, &writer)
    guard !states.isEmpty else { return }
    try write(optimizerTensors, Trainer.optimizerFile, &writer)
  }

  private typealias Named = (name: String, shape: [Int], view: TensorView)

  private var optimizerTensors: [Named] {
    zip(plan.optimizer.stateNames, states).flatMap { name, tensors in
      tensors.named.map { ("\(name).\($0.parameter.name)", $0.parameter.shape, $0.view) }
    }
  }

  private func write(_ tensors: [Named], _ file: String, _ writer: inout CheckpointWriter) throws {
    let stored = tensors.map { StoredTensor($0.name, StoredType(plan.type), $0.shape) }.inReferenceOrder()
    let views = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.view) })
    try writer.writeSafetensors(file, stored) { output in
      for tensor in stored { try output.append(executor.read(views[tensor.name]!)!, to: tensor.name) }
    }
  }

  /// Takes up a checkpoint of the same run: parameters, optimizer state, step.
  ///
  /// - Errors: `CheckpointError` where the checkpoint was made by another model, optimizer or precision.
  package func resume(from checkpoint: Checkpoint) throws {
    let state: TrainerState = try checkpoint.readJSON(Trainer.stateFile)
    guard state.precision == plan.type, state.optimizer.stateNames == plan.optimizer.stateNames else {
      throw CheckpointError(
        checkpoint.url.appending(path: Trainer.stateFile),
        "was written by \(state.optimizer) in \(state.precision.rawValue), this run is \(plan.optimizer) in \(plan.type.rawValue)",
        hint: "Resume with the same optimizer and precision, or start anew from its parameters.")
    }
    try load(parameters.tensors.named.map { ($0.parameter.name, $0.parameter.shape, $0.view) }) {
      try checkpoint.safetensors(Trainer.parameterFile).stored($0)
    }
    if !states.isEmpty {
      let file = try checkpoint.safetensors(Trainer.optimizerFile)
      try load(optimizerTensors) { try file.stored($0) }
    }
    stepCount = state.step
  }

  private func load(_ tensors: [Named], _ stored: (String) throws -> StoredValues) throws {
    for (name, shape, view) in tensors { try stored(name).copy(to: view, shape: shape, executor) }
  }
}

extension ParameterStore {
  /// Takes the parameters of a checkpoint or of a Hugging Face folder, whatever their precision.
  ///
  /// - Errors: `CheckpointError` for a parameter that is missing or has another shape.
  package func load(_ folder: ModelFolder, _ executor: Executor) throws {
    for (parameter, view) in tensors.named {
      try folder.stored(parameter.name).copy(to: view, shape: parameter.shape, executor)
    }
  }
}
