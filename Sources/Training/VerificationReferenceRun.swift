import Execution
import Foundation
import Mesh
import Model
import Program
import Quantities

/// The run in one process, written down step by step.
final class ReferenceRun {
  private let trainer: Trainer
  private let budget: Double
  private var tensors: [ComparedTensor: ReferenceTensor] = [:]
  /// By parameter: values whose gradient was rounding in some step.
  private var undetermined: [String: [Bool]] = [:]
  /// Σ learning rates: how far an update that is normalised moves a value.
  private var reach = 0.0

  init(_ plan: TrainingPlan, on device: any Device, budget: Double) {
    (trainer, self.budget) = (Trainer(plan, device: device, mesh: Mesh(), rank: 0), budget)
    trainer.initialize()
  }

  /// Step 0 are the first values.
  func step(_ step: Int, _ batches: (Trainer) -> [MicroBatch]) throws -> ReferenceStep {
    tensors = [:]
    guard step > 0 else {
      keepParameters(as: .start)
      return ReferenceStep(step: step, tensors: tensors)
    }
    trainer.probe = { SiteRecorder(self, $0) }
    trainer.gradientProbe = { self.keepGradients($0, $1, lossScale: $2) }
    defer { (trainer.probe, trainer.gradientProbe) = (nil, nil) }
    let result = try trainer.step(batches(trainer))
    if !result.overflowed {
      reach += result.learningRate
      markUndetermined()
    }
    keep(.loss, "loss", result.loss)
    keep(.norm, "gradient norm", result.gradientNorm)
    keepParameters(as: .parameter)
    let kept = tensors.filter { !(result.overflowed && $0.key.kind.needsGradients) }
    return ReferenceStep(step: step, tensors: kept, overflowed: result.overflowed)
  }

  private func keep(_ kind: ComparedKind, _ name: String, _ value: Double?) {
    guard let value else { return }
    tensors[ComparedTensor(kind, name)] = ReferenceTensor(
      order: 0, shape: [1], bytes: Values.bytes([value], as: .float64), type: .float64)
  }

  fileprivate func keep(_ site: String, _ view: TensorView, firstSample: Int) {
    let kind = ComparedKind(site: site)
    let order = tensors.keys.lazy.filter { $0.kind == kind && $0.firstSample == firstSample }.count
    let rows = [trainer.plan.microBatch, trainer.plan.sequence]
    guard let bytes = trainer.executor.read(view) else { return }
    var tensor = ReferenceTensor(
      order: order, shape: rows + [view.count / (rows[0] * rows[1])], bytes: bytes, type: view.type)
    tensor.floor = negligible * tensor.rootMeanSquare
    tensors[ComparedTensor(kind, site, firstSample: firstSample)] = tensor
  }

  /// What share of a typical value is no more than rounding: theory makes some gradients zero, as those of a key's bias.
  private var negligible: Double { max(1e-3, budget / 10) }
}

extension ReferenceRun {
  private func keepGradients(_ unit: Int, _ gradient: TensorView, lossScale: Double) {
    let floor = negligible * keep(unit, gradient, as: .gradient, factor: 1 / lossScale).rootMeanSquare
    for parameter in trainer.layout.model.units[unit].parameters {
      tensors[ComparedTensor(.gradient, parameter.name)]!.floor = floor
    }
  }

  /// A gradient within the budget of zero says nothing about the direction of a normalised update.
  private func markUndetermined() {
    for (key, gradient) in tensors where key.kind == .gradient {
      let limit = budget * max(gradient.rootMeanSquare, gradient.floor)
      var marks = undetermined[key.name] ?? Array(repeating: false, count: gradient.count)
      for (index, value) in gradient.values(0..<gradient.count).enumerated() where abs(value) < limit {
        marks[index] = true
      }
      undetermined[key.name] = marks
    }
  }

  private func keepParameters(as kind: ComparedKind) {
    for unit in trainer.layout.ownUnits {
      keep(unit, trainer.parameters.kept(unit).view, as: kind)
      for parameter in trainer.layout.model.units[unit].parameters {
        let key = ComparedTensor(kind, parameter.name)
        tensors[key]!.floor = reach
        (tensors[key]!.undetermined, tensors[key]!.slack) = (undetermined[parameter.name], 2 * reach)
      }
    }
  }

  /// Keeps every parameter's part of a unit, and returns the whole unit.
  @discardableResult
  private func keep(_ unit: Int, _ view: TensorView, as kind: ComparedKind, factor: Double = 1) -> ReferenceTensor {
    let bytes = trainer.executor.read(view)!
    let whole = ReferenceTensor(order: unit, shape: [view.count], bytes: bytes, type: view.type, factor: factor)
    for (place, piece) in trainer.layout.model.units[unit].pieces(in: 0..<view.count).enumerated() {
      let range = piece.offset * view.type.size..<(piece.offset + piece.count) * view.type.size
      tensors[ComparedTensor(kind, piece.parameter.name)] = ReferenceTensor(
        order: unit * ReferenceRun.unitStride + place, shape: piece.parameter.shape,
        bytes: bytes.subdata(in: range), type: view.type, factor: factor)
    }
    return whole
  }

  /// More parameters than any unit has.
  private static let unitStride = 1000
}

extension ComparedKind {
  /// Of what flows between layers.
  init(site: String) { self = site.hasSuffix("gradient") ? .backward : .forward }
}

/// Writes down what flows between the layers of one micro-batch.
private final class SiteRecorder: Probe {
  private let run: ReferenceRun
  private let batch: MicroBatch

  init(_ run: ReferenceRun, _ batch: MicroBatch) { (self.run, self.batch) = (run, batch) }

  func see(_ site: String, _ view: TensorView, rows: Range<Int>) {
    run.keep(site, view, firstSample: batch.firstSample)
  }
}
