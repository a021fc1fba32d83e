package import Mesh
package import Model
package import PipelineSchedules
import Quantities
package import Training

/// What can be chosen about a layout and a run: the values of each factor, and which of them go together.
package struct LayoutMatrix: Sendable {
  package struct Cut: Hashable, Sendable {
    package var data, tensor, pipeline: Int

    package init(_ data: Int, _ tensor: Int, _ pipeline: Int) {
      (self.data, self.tensor, self.pipeline) = (data, tensor, pipeline)
    }

    /// Every way to write `ranks` as a product of three.
    package static func all(of ranks: Int) -> [Cut] {
      (1...ranks).flatMap { data in
        (1...ranks).filter { ranks.isMultiple(of: data * $0) }.map { Cut(data, $0, ranks / data / $0) }
      }
    }
  }

  package var cuts = [1, 2, 4, 8].flatMap { Cut.all(of: $0) }
  package var schedules = ScheduleName.allCases.filter { $0 != .dualPipe }
  package var microBatches = [1, 2, 3, 4, 6, 8, 16]
  package var zeros =
    (0...3).map { ZeROPlan(stage: $0) } + (1...2).map { ZeROPlan(stage: $0, profile: .deepspeed) }
  package var recomputations: [Recomputation] = [.none, .selective, .full(every: 1), .full(every: 2)]
  package var models = TinyModel.allCases
  package var trainings = TinyTraining.allCases
  package var sequenceParallel = [false, true]
  /// Whether sets of shards are half as large as the data axis.
  package var hybrid = [false, true]
  package var offload = [false, true]
  /// Whether the first stage takes a layer from the last.
  package var uneven = [false, true]
  package var orders = [Mesh.defaultOrder, [.tensor, .context, .expert, .data, .pipeline]]
  package var precision = PrecisionPlan(.float64)
  package var steps = 50

  package init() {}
}

extension LayoutMatrix {
  /// The factors in the order of a row.
  package enum Factor: Int, CaseIterable, Sendable {
    case cut, schedule, microBatches, sequenceParallel, model, hybrid, uneven, zero, recomputation, training, order,
      offload
  }

  package func levels(_ factor: Factor) -> Int {
    switch factor {
    case .cut: cuts.count
    case .schedule: schedules.count
    case .microBatches: microBatches.count
    case .sequenceParallel: sequenceParallel.count
    case .model: models.count
    case .hybrid: hybrid.count
    case .uneven: uneven.count
    case .zero: zeros.count
    case .recomputation: recomputations.count
    case .training: trainings.count
    case .order: orders.count
    case .offload: offload.count
    }
  }

  package var pairwise: Pairwise {
    let place = { (factor: Factor) in factor.rawValue }
    return Pairwise(
      Factor.allCases.map(levels),
      rules: [
        Pairwise.Rule(place(.cut), place(.schedule), place(.microBatches)) {
          flows(cuts[$0[0]], schedules[$0[1]], microBatches[$0[2]])
        },
        Pairwise.Rule(place(.cut), place(.sequenceParallel)) { !sequenceParallel[$0[1]] || cuts[$0[0]].tensor > 1 },
        Pairwise.Rule(place(.cut), place(.model)) { models[$0[1]] != .llamaMultiQuery || cuts[$0[0]].tensor == 1 },
        Pairwise.Rule(place(.cut), place(.hybrid)) { !hybrid[$0[1]] || cuts[$0[0]].data > 1 },
        Pairwise.Rule(place(.cut), place(.schedule), place(.uneven)) {
          !uneven[$0[2]] || cuts[$0[0]].pipeline * schedules[$0[1]].defaultChunks > 1
        },
      ])
  }

  /// Whether a small batch divides among so many data-parallel ranks and micro-batches. Every sum of a layer is a meeting of all
  /// tensor-parallel ranks, which share a few cores: the more of them, the fewer micro-batches.
  package func divides(_ cut: Cut, _ microBatches: Int) -> Bool {
    LayoutMatrix.batch(cut.data * microBatches) != nil && cut.tensor * microBatches <= 32
  }

  /// Whether a schedule exists for so many ranks and micro-batches.
  private func flows(_ cut: Cut, _ schedule: ScheduleName, _ microBatches: Int) -> Bool {
    divides(cut, microBatches)
      && (try? PipelineSchedule.make(schedule, ranks: cut.pipeline, microBatches: microBatches)) != nil
  }

  /// The smallest global batch that divides into so many parts.
  private static func batch(_ parts: Int) -> Int? { [8, 12, 16, 24].first { $0.isMultiple(of: parts) } }

  /// Layouts in which all pairs meet.
  package var cells: [MatrixCell] { pairwise.rows().map(cell) }

  package func cell(_ row: [Int]) -> MatrixCell {
    let value = { (factor: Factor) in row[factor.rawValue] }
    let (cut, schedule) = (cuts[value(.cut)], schedules[value(.schedule)])
    var layout = TinyLayout()
    (layout.data, layout.tensor, layout.pipeline) = (cut.data, cut.tensor, cut.pipeline)
    (layout.schedule, layout.microBatches) = (schedule, microBatches[value(.microBatches)])
    layout.isSequenceParallel = sequenceParallel[value(.sequenceParallel)]
    layout.shardSize = hybrid[value(.hybrid)] ? cut.data / 2 : nil
    layout.zero = zeros[value(.zero)]
    layout.zero.offloadsOptimizer = offload[value(.offload)]
    layout.recomputation = recomputations[value(.recomputation)]
    layout.order = orders[value(.order)]
    let stages = cut.pipeline * schedule.defaultChunks
    let layers = max(4, stages)
    layout.layers = uneven[value(.uneven)] ? LayoutMatrix.lopsided(layers, stages: stages) : nil
    let model = models[value(.model)]
    var run = TinyRun()
    run.steps = steps
    run.precision = precision
    run.globalBatch = LayoutMatrix.batch(cut.data * layout.microBatches)!
    // Seven tokens a sample leave rows that no tensor axis divides, which sequence parallelism does not allow.
    run.sequence = layout.isSequenceParallel ? 8 : 7
    run.model = model.configuration(layers: layers, tensor: cut.tensor)
    trainings[value(.training)].apply(to: &run)
    return MatrixCell(run: run, layout: layout, name: "\(model) \(trainings[value(.training)])")
  }

  /// Equal stages, but for one layer; with one layer a stage, the last one holds the head alone.
  package static func lopsided(_ layers: Int, stages: Int) -> [Int] {
    var counts = (0..<stages).map { layers * ($0 + 1) / stages - layers * $0 / stages }
    counts[0] += 1
    counts[stages - 1] -= 1
    return counts
  }
}

/// One run in one layout.
package struct MatrixCell: Sendable, CustomStringConvertible {
  package var run: TinyRun
  package var layout: TinyLayout
  package var name: String

  package init(run: TinyRun, layout: TinyLayout, name: String) {
    (self.run, self.layout, self.name) = (run, layout, name)
  }

  package var description: String { "\(name) \(run.precision.type.rawValue) \(layout)" }
}
