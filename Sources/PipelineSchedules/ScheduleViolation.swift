/// A law of pipelines that a schedule breaks.
package enum ScheduleViolation: Hashable, Sendable, CustomStringConvertible {
  /// The model has no such stage, or the step no such micro-batch.
  case unknown(Action, rank: Int)
  /// An action that has to be there once is not there.
  case missing(Action)
  /// An action that has to be there once is there more often.
  case repeated(Action, times: Int)
  /// A full backward beside its own halves.
  case backwardTwice(stage: Int, microBatch: Int)
  /// An action on a rank that does not hold its stage.
  case wrongRank(Action, rank: Int, holder: Int)
  /// On one rank, an action before what it needs.
  case wrongOrder(Action, before: Action, rank: Int)
  /// An overlapped cell of anything but a forward and a backward of another stage or micro-batch.
  case wrongOverlap(Cell, rank: Int)
  /// The rank that gets stuck, and what it would wait for.
  case deadlock(rank: Int, cell: Cell, waitsFor: Action)

  package var description: String {
    switch self {
    case .unknown(let action, let rank): "rank \(rank): \(action) is of no stage or micro-batch of this schedule"
    case .missing(let action): "\(action) is missing"
    case .repeated(let action, let times): "\(action) is there \(times) times"
    case .backwardTwice(let stage, let microBatch):
      "stage \(stage) computes the gradients of micro-batch \(microBatch) twice: as B and as I or W"
    case .wrongRank(let action, let rank, let holder): "rank \(rank): \(action) belongs on rank \(holder)"
    case .wrongOrder(let action, let needed, let rank): "rank \(rank): \(action) comes before \(needed), which it needs"
    case .wrongOverlap(let cell, let rank):
      "rank \(rank): \(cell) overlaps what is not a forward and a backward that are independent"
    case .deadlock(let rank, let cell, let needed): "rank \(rank): \(cell) waits for \(needed) for ever"
    }
  }
}
