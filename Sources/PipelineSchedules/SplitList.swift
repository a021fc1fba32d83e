/// The growing list of a rank with two chunks, each of which counts its own forwards, input and weight gradients.
struct SplitList {
  private(set) var cells: [Cell] = []
  private let stages: [Int]
  private var forwardCounts = [0, 0]
  private var inputCounts = [0, 0]
  /// Weight gradients that are still owed, first in, first out.
  private var owed: [Action] = []

  init(first: Int, second: Int) { stages = [first, second] }

  func forwards(_ chunk: Int) -> Int { forwardCounts[chunk] }

  func pendingWeights(_ chunk: Int) -> Int { owed.count { $0.stage == stages[chunk] } }

  mutating func repeating(_ count: Int, _ body: (inout SplitList) -> Void) {
    for _ in 0..<max(0, count) { body(&self) }
  }

  mutating func forward(_ chunk: Int) { cells.append(Cell(nextForward(chunk))) }

  mutating func backward(_ chunk: Int) { cells.append(Cell(nextBackward(chunk, .backward))) }

  /// The forward of one chunk beside the full backward of the other.
  mutating func forward(_ chunk: Int, besideBackward other: Int) {
    let forward = nextForward(chunk)
    cells.append(Cell(forward, beside: nextBackward(other, .backward)))
  }

  mutating func input(_ chunk: Int) {
    let action = nextBackward(chunk, .backwardInput)
    cells.append(Cell(action))
    owed.append(Action(.backwardWeight, stage: action.stage, microBatch: action.microBatch))
  }

  /// The weight gradient that `chunk` has owed longest.
  mutating func weight(_ chunk: Int) {
    guard let index = owed.firstIndex(where: { $0.stage == stages[chunk] }) else { return }
    cells.append(Cell(owed.remove(at: index)))
  }

  /// The weight gradient that either chunk has owed longest.
  mutating func weight() {
    if !owed.isEmpty { cells.append(Cell(owed.removeFirst())) }
  }

  private mutating func nextForward(_ chunk: Int) -> Action {
    defer { forwardCounts[chunk] += 1 }
    return Action(.forward, stage: stages[chunk], microBatch: forwardCounts[chunk])
  }

  private mutating func nextBackward(_ chunk: Int, _ kind: Action.Kind) -> Action {
    defer { inputCounts[chunk] += 1 }
    return Action(kind, stage: stages[chunk], microBatch: inputCounts[chunk])
  }
}
