import Model
package import Program
package import Quantities
package import Training

extension RankMemory {
  /// The memory of a class by the step of one of its ranks, with embeddings and logits by name.
  ///
  /// - Parameter resident: what the ledger holds before the step.
  package init(
    label: String, ranks: Int, _ plan: TrainingPlan, _ layout: Layout, _ trace: Trace,
    resident: [MemoryCategory: ByteCount]
  ) {
    let rows = plan.microBatch * plan.sequence
    let partition = layout.model.partition
    let vocabulary = partition.part(of: layout.model.architecture.vocabulary).count
    let logits = ByteCount(layout.holdsLast ? rows * vocabulary : 0, of: plan.precision.type)
    let memory = StepMemory(trace, resident: resident, watching: logits)
    let parts = [
      Part("embeddings", of: .parameters, RankMemory.tables(layout, plan)),
      Part("logits", of: .activations, logits * memory.watchedAtPeak),
    ]
    self.init(
      label: label, ranks: ranks, atPeak: memory.atPeak, moment: memory.moment,
      parts: parts.filter { $0.bytes > .zero },
      offloaded: OffloadedPeak(FoldedTrace(trace), standing: resident[.offloaded] ?? .zero))
  }

  /// What the rank keeps of the tables of tokens, positions and outputs.
  static func tables(_ layout: Layout, _ plan: TrainingPlan) -> ByteCount {
    let units = layout.ownUnits.filter { layout.model.units[$0].name.hasSuffix(" table") }
    let counts = units.map { unit in
      layout.gathersParameters ? layout.updated(unit).count : layout.model.units[unit].count
    }
    return ByteCount(counts.reduce(0, +), of: plan.precision.type)
  }
}
