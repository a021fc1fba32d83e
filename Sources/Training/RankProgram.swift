package import Execution
package import Mesh
import Model
import PipelineSchedules
package import Program
import Quantities

/// What one rank does in a step, found on shapes alone: no numbers, no peers.
package struct RankProgram: Sendable {
  package let rank: Int
  package let layout: Layout
  package let trace: FoldedTrace
  /// Programs of one class have the same segments.
  package let programClass: Int
  /// The step's totals.
  package let ledger: Ledger
  /// The item of the trace at which the rank holds the most.
  package let peakItem: Int?
  /// What the rank holds between steps.
  package let standing: Ledger
  /// Whether a few micro-batches stood for all.
  package let isRehearsed: Bool

  /// One rank's, whatever others do.
  ///
  /// - Parameter isWhole: whether every micro-batch is traced.
  package init(_ plan: TrainingPlan, mesh: Mesh, rank: Int, isWhole: Bool = false) {
    let layout = Layout(plan, mesh: mesh, rank: rank)
    let rehearsal = isWhole ? nil : layout.schedule.rehearsal(shardsGradients: layout.shardsGradients)
    let pieces = ProgramPieces(plan, layout, rehearsal: rehearsal)
    self.init(pieces, layout, CommunicationPlan(plan.pipeline.schedule), 0)
  }

  init(_ pieces: ProgramPieces, _ layout: Layout, _ messages: CommunicationPlan, _ programClass: Int) {
    (rank, self.layout, self.programClass) = (layout.rank, layout, programClass)
    (standing, isRehearsed) = (pieces.standing, pieces.isRehearsed)
    trace = pieces.trace(of: layout, messages.steps[layout.pipelineRank])
    (ledger, peakItem) = standing.stepping(through: trace, pieces.stretches)
  }
}

extension RankProgram {
  /// The programs of the ranks of one pipeline, first stage to last: the first of every axis but data.
  ///
  /// Ranks whose stages are of the same kind share the pieces of one of them.
  ///
  /// - Parameters:
  ///   - data: which of the data-parallel replicas.
  ///   - alike: whether two ranks may share, as far as their place in the cluster goes.
  package static func pipeline(
    _ plan: TrainingPlan, mesh: Mesh, data: Int = 0, alike: (Int, Int) -> Bool = { _, _ in true }
  ) -> [RankProgram] {
    let first = Layout(plan, mesh: mesh, rank: mesh.rank(at: [.data: data]))
    let layouts = mesh.group(of: first.rank, in: .pipeline).map { first.moved(alongPipelineTo: $0) }
    let rehearsal = first.schedule.rehearsal(shardsGradients: first.shardsGradients)
    var leaders: [(kind: RankKind, layout: Layout)] = []
    let classes = layouts.map { layout in
      let kind = RankKind(layout, plan.recomputation)
      let known = leaders.firstIndex { $0.kind == kind && rehearsal != nil && alike($0.layout.rank, layout.rank) }
      if known == nil { leaders.append((kind, layout)) }
      return known ?? leaders.count - 1
    }
    let pieces = ProgramPieces.all(plan, leaders.map(\.layout), rehearsal: rehearsal)
    let messages = CommunicationPlan(plan.pipeline.schedule)
    return zip(layouts, classes).map { RankProgram(pieces[$1], $0, messages, $1) }
  }
}

/// What two ranks of a pipeline have in common whose actions are the same.
private struct RankKind: Hashable {
  private struct Chunk: Hashable {
    var layers, phase: Int
    var isFirst, isLast, takesMessage, sendsMessage: Bool
  }
  private var chunks: [Chunk]

  init(_ layout: Layout, _ recomputation: Recomputation) {
    let schedule = layout.schedule
    var period = 1
    if case .full(let every) = recomputation { period = every }
    chunks = layout.ownStages.map { number in
      let stage = layout.stages[number]
      let isElsewhere = { (other: Int?) in other.map { schedule.rank(of: $0) != layout.pipelineRank } ?? false }
      return Chunk(
        layers: stage.layers.count, phase: stage.layers.lowerBound % period, isFirst: stage.isFirst,
        isLast: stage.isLast, takesMessage: isElsewhere(schedule.stage(before: number)),
        sendsMessage: isElsewhere(schedule.stage(after: number)))
    }
  }
}
