/// The order that 1F1B and its relatives share: a warm-up of forwards, then a forward and a backward in turn, then the
/// backwards that are left.
struct Alternation {
  var forwards: [Action]
  /// Full backwards; `weightLag` splits them.
  var backwards: [Action]
  /// Forwards before the first backward.
  var warmUp: Int
  /// By how many backwards the weight gradient follows its input gradient; nil for full backwards.
  var weightLag: Int?

  var cells: [Cell] {
    let ahead = min(warmUp, forwards.count)
    var cells = forwards[..<ahead].map { Cell($0) }
    for (turn, backward) in backwards.enumerated() {
      if turn + ahead < forwards.count { cells.append(Cell(forwards[turn + ahead])) }
      cells += self.cells(of: backward, turn)
    }
    return cells + weights(from: backwards.count - min(weightLag ?? 0, backwards.count))
  }

  private func cells(of backward: Action, _ turn: Int) -> [Cell] {
    guard let weightLag else { return [Cell(backward)] }
    let input = Cell(Action(.backwardInput, stage: backward.stage, microBatch: backward.microBatch))
    return turn >= weightLag ? [input, weight(of: backwards[turn - weightLag])] : [input]
  }

  /// Weight gradients that no backward is left to be followed by.
  private func weights(from first: Int) -> [Cell] {
    weightLag == nil ? [] : backwards[first...].map(weight)
  }

  private func weight(of backward: Action) -> Cell {
    Cell(Action(.backwardWeight, stage: backward.stage, microBatch: backward.microBatch))
  }
}
