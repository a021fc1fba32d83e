package import Checkpoint
import Execution
import Foundation
import Mesh
package import Model
import Program
import Quantities

extension Trainer {
  package static let stateFile = "state.json"
  package static let parameterFile = "model.safetensors"
  package static let optimizerFile = "optimizer.safetensors"
  package static let modelFile = "config.json"

  /// Writes whole parameters under their logical names, optimizer state as `state.parameter`, and the step: no trace of the layout.
  /// Every rank takes part; the first alone has a writer.
  ///
  /// Communicates: what `LogicalCollector` says, with books of its own.
  package func write(into writer: inout CheckpointWriter) throws {
    try writer.writeJSON(
      Trainer.stateFile,
      TrainerState(
        step: stepCount, skipped: skippedSteps > 0 ? skippedSteps : nil, seed: plan.seed,
        samples: stepCount * globalBatch, optimizer: plan.optimizer, precision: plan.precision.master,
        lossScaler: scaler))
    try writer.writeJSON(Trainer.modelFile, plan.model)
    try writer.writeSafetensors(Trainer.parameterFile, stored(prefixes: [""])) { output in
      try collector.collect(masterView) { try output.append($1, to: $0.name) }
    }
    guard !optimizer.states.isEmpty else { return }
    let names = plan.optimizer.stateNames
    try writer.writeSafetensors(Trainer.optimizerFile, stored(prefixes: names.map { "\($0)." })) { output in
      for (name, state) in zip(names, optimizer.states) {
        try collector.collect(state.view) { try output.append($1, to: "\(name).\($0.name)") }
      }
    }
  }

  /// What every rank but the first does while that one writes.
  package func contribute() throws {
    try collector.collect(masterView) { _, _ in }
    for state in optimizer.states { try collector.collect(state.view) { _, _ in } }
  }

  /// Every parameter whole, on the first rank; the others contribute.
  package func collectParameters(_ emit: (ParameterSpec, [Double]) throws -> Void) throws {
    try collector.collect(masterView) { try emit($0, Values.doubles($1, as: plan.precision.master)) }
  }

  /// Every parameter of one optimizer state, likewise.
  package func collectState(_ index: Int, _ emit: (ParameterSpec, [Double]) throws -> Void) throws {
    try collector.collect(optimizer.states[index].view) {
      try emit($0, Values.doubles($1, as: plan.precision.master))
    }
  }

  private var collector: LogicalCollector {
    let books = Executor(device: executor.device)
    return LogicalCollector(plan: plan, layout: layout, executor: books, communicator: communicator(on: books))
  }

  private func stored(prefixes: [String]) -> [StoredTensor] {
    let parameters = layout.model.units.filter { !$0.isCopy }.flatMap(\.parameters)
    return prefixes.flatMap { prefix in
      parameters.map { StoredTensor(prefix + $0.name, StoredType(plan.precision.master), $0.shape) }
    }
  }

  /// Takes up a checkpoint of the same run in any layout: parameters, optimizer state, step.
  ///
  /// - Errors: `CheckpointError` where the checkpoint was made by another model, optimizer or precision.
  package func resume(from checkpoint: Checkpoint) throws {
    let state: TrainerState = try checkpoint.readJSON(Trainer.stateFile)
    let master = plan.precision.master
    guard state.precision == master, state.optimizer.stateNames == plan.optimizer.stateNames else {
      throw CheckpointError(
        checkpoint.url.appending(path: Trainer.stateFile),
        "was written by \(state.optimizer) in \(state.precision.rawValue), this run is \(plan.optimizer) in \(master.rawValue)",
        hint: "Resume with the same optimizer and precision, or start anew from its parameters.")
    }
    let values = StoredValues(try checkpoint.safetensors(Trainer.parameterFile))
    try write { try values.values($0, $1, named: $0.name) }
    if !optimizer.states.isEmpty {
      let file = StoredValues(try checkpoint.safetensors(Trainer.optimizerFile))
      for (index, name) in plan.optimizer.stateNames.enumerated() {
        try writeState(index) { try file.values($0, $1, named: "\(name).\($0.name)") }
      }
    }
    (stepCount, skippedSteps) = (state.step, state.skipped ?? 0)
    if let saved = state.lossScaler { scaler?.resume(saved) }
  }

  /// Takes the parameters of a checkpoint or of a Hugging Face folder, whatever their precision.
  ///
  /// - Errors: `CheckpointError` for a parameter that is missing or has another shape.
  package func load(_ folder: ModelFolder) throws {
    let values = StoredValues(folder)
    try write { try values.values($0, $1, named: $0.name) }
  }
}
