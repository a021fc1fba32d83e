import Execution
import Model
import Program
import Quantities

/// What one rank found in one step.
struct Findings: Sendable {
  var deviations: [Deviation] = []
  var coverage = Coverage()
}

/// Holds one rank's step against one process's.
final class RankComparison {
  private let reference: ReferenceStep
  private let trainer: Trainer
  private let budget: Double
  private(set) var findings = Findings()

  init(_ reference: ReferenceStep, _ trainer: Trainer, budget: Double) {
    (self.reference, self.trainer, self.budget) = (reference, trainer, budget)
  }

  func step(_ batches: [MicroBatch]) throws {
    trainer.probe = { SiteComparison(self, $0) }
    trainer.gradientProbe = { self.compareGradients($0, $1, lossScale: $2) }
    let result = try trainer.step(batches)
    (trainer.probe, trainer.gradientProbe) = (nil, nil)
    compare(.loss, "loss", result.loss)
    if !(reference.overflowed && result.overflowed) { compare(.norm, "gradient norm", result.gradientNorm) }
  }

  /// All that this rank keeps of every unit.
  func compareParameters() {
    for unit in trainer.layout.ownUnits {
      let (view, range) = trainer.parameters.kept(unit)
      compare(unit, view, range, as: reference.step == 0 ? .start : .parameter)
    }
  }

  private func compareGradients(_ unit: Int, _ gradient: TensorView, lossScale: Double) {
    compare(unit, gradient, trainer.layout.updated(unit), as: .gradient, factor: 1 / lossScale)
  }
}

extension RankComparison {
  fileprivate func compare(_ site: String, _ view: TensorView, rows: Range<Int>, of batch: MicroBatch) {
    let key = ComparedTensor(ComparedKind(site: site), site, firstSample: batch.firstSample)
    let width = view.count / max(1, rows.count)
    let values = trainer.executor.values(view) ?? []
    compare(key, [Piece(values: values[...], start: rows.lowerBound * width)])
  }

  private func compare(_ kind: ComparedKind, _ name: String, _ value: Double?) {
    guard let value else { return }
    compare(ComparedTensor(kind, name), [Piece(values: [value], start: 0)])
  }

  /// The pieces of all parameters that lie in a range of a unit.
  private func compare(_ unit: Int, _ view: TensorView, _ range: Range<Int>, as kind: ComparedKind, factor: Double = 1)
  {
    guard reference.compares(kind), let values = trainer.executor.values(view) else { return }
    let scaled = factor == 1 ? values : values.map { $0 * factor }
    let pieces = trainer.layout.model.units[unit].pieces(in: range)
    for (name, pieces) in Dictionary(grouping: pieces, by: \.parameter.name) {
      compare(
        ComparedTensor(kind, name),
        pieces.map { Piece(values: scaled[$0.offset..<$0.offset + $0.count], start: $0.logical) })
    }
  }

  /// Values that lie side by side in a whole tensor.
  private struct Piece {
    var values: ArraySlice<Double>
    var start: Int
    var range: Range<Int> { start..<start + values.count }
  }

  private func compare(_ key: ComparedTensor, _ pieces: [Piece]) {
    guard reference.compares(key.kind) else { return }
    guard let tensor = reference.tensors[key] else { return findings.deviations.append(stranger(key)) }
    var comparison = Comparison()
    for piece in pieces {
      comparison.add(piece.values, tensor.values(piece.range), at: piece.start) { tensor.slack(at: $0) }
      findings.coverage.add(key, piece.range)
    }
    findings.deviations.append(
      Deviation(
        key, step: reference.step, order: tensor.order, rank: trainer.layout.rank,
        error: comparison.error(floor: tensor.floor), budget: key.kind.budgetShare * budget,
        count: comparison.count, worst: comparison.worst.map { Deviation.Worst($0, in: tensor.shape, of: key) }))
  }

  /// A tensor that one process does not have.
  private func stranger(_ key: ComparedTensor) -> Deviation {
    Deviation(
      key, step: reference.step, order: -1, rank: trainer.layout.rank, error: .infinity, budget: budget, count: 0,
      note: "one process has no such tensor")
  }
}

extension ReferenceTensor {
  func slack(at index: Int) -> Double { undetermined?[index] == true ? slack : 0 }
}

/// Compares what flows between the layers of one micro-batch.
private final class SiteComparison: Probe {
  private let comparison: RankComparison
  private let batch: MicroBatch

  init(_ comparison: RankComparison, _ batch: MicroBatch) { (self.comparison, self.batch) = (comparison, batch) }

  func see(_ site: String, _ view: TensorView, rows: Range<Int>) {
    comparison.compare(site, view, rows: rows, of: batch)
  }
}
