/// In which order every rank of a pipeline computes the micro-batches of one step: a value, not an execution.
///
/// A step has `microBatches` micro-batches in all; a bidirectional schedule gives each direction half of them.
package struct PipelineSchedule: Hashable, Sendable {
  /// The schedule's own name, or the file that it was read from.
  package let name: String
  /// Ranks of the pipeline: p.
  package let ranks: Int
  /// Stages per rank; the most of any rank where they differ.
  package let chunks: Int
  /// Micro-batches of a step, of both directions together: m.
  package let microBatches: Int
  /// Which rank holds which stage.
  package let placement: Placement
  /// Per rank, in issue order.
  package let cells: [[Cell]]

  package init(
    name: String, ranks: Int, chunks: Int, microBatches: Int, placement: Placement, cells: [[Cell]]
  ) {
    precondition(ranks >= 1 && cells.count == ranks, "\(name): \(cells.count) lists of actions for \(ranks) ranks")
    precondition(chunks >= 1, "\(name): \(chunks) chunks per rank")
    self.name = name
    self.ranks = ranks
    self.chunks = chunks
    self.microBatches = microBatches
    self.placement = placement
    self.cells = cells
  }

  /// Stages of all ranks together.
  package var stageCount: Int {
    if case .custom(let map) = placement { map.count } else { ranks * chunks }
  }

  /// Micro-batches that pass each stage.
  package var microBatchesPerStage: Int { placement == .bidirectional ? microBatches / 2 : microBatches }

  /// The micro-batch of the step that `action` computes: a bidirectional schedule's second direction has the later half.
  package func microBatch(of action: Action) -> Int {
    placement == .bidirectional && action.stage >= ranks
      ? microBatchesPerStage + action.microBatch : action.microBatch
  }

  /// The rank that holds `stage`.
  package func rank(of stage: Int) -> Int { placement.rank(of: stage, ranks: ranks) }

  /// The stages of `rank` in chunk order.
  package func stages(of rank: Int) -> [Int] { (0..<stageCount).filter { self.rank(of: $0) == rank } }

  /// Which of its rank's stages `stage` is.
  package func chunk(of stage: Int) -> Int {
    guard case .custom(let map) = placement else { return stage / ranks }
    return map[..<stage].count { $0 == map[stage] }
  }

  /// What `rank` computes, in issue order.
  package func actions(of rank: Int) -> [Action] { cells[rank].flatMap(\.actions) }

  /// The stage whose activations `stage` takes; nil where the model begins.
  package func stage(before stage: Int) -> Int? {
    stage == 0 || (placement == .bidirectional && stage == ranks) ? nil : stage - 1
  }

  /// The stage that takes the activations of `stage`; nil where the model ends.
  package func stage(after stage: Int) -> Int? {
    stage == stageCount - 1 || (placement == .bidirectional && stage == ranks - 1) ? nil : stage + 1
  }
}
