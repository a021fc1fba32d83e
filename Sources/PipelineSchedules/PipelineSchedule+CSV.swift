extension PipelineSchedule {
  /// One row per rank, in PyTorch's notation, with `a|b` for overlapped cells.
  package var csv: String {
    cells.map { $0.map(\.description).joined(separator: ",") + "\n" }.joined()
  }

  /// Reads rows of cells such as `2F5`, `2I5`, `2W5`, `2B5` or `2F5|3B1`; empty cells are bubbles and are left out.
  ///
  /// Ranks are the rows; stages, micro-batches and the placement are what the rows imply. Whether the order can be
  /// executed is for `violations()` to say.
  ///
  /// - Errors: the row and column of the first cell that is none; a stage that no row holds; no action at all.
  package init(csv: String, name: String) throws(ScheduleError) {
    var rows = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { Self.trimmed($0) }
    while rows.last?.isEmpty == true { rows.removeLast() }
    var cells: [[Cell]] = []
    for (row, text) in rows.enumerated() { cells.append(try Self.cells(of: text, row: row + 1, name)) }
    try self.init(name: name, implied: cells)
  }

  private static func cells(of row: Substring, row number: Int, _ name: String) throws(ScheduleError) -> [Cell] {
    var cells: [Cell] = []
    for (column, text) in row.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      let text = trimmed(text)
      if text.isEmpty { continue }
      guard let cell = Cell(text) else {
        throw ScheduleError(
          name, "row \(number), column \(column + 1)", "'\(text)'", "this is no action of a schedule",
          hint: "write the stage, then F, B, I or W, then the micro-batch, such as 2F5, and an overlap as 2F5|3B1; "
            + "communication is not part of it")
      }
      cells.append(cell)
    }
    return cells
  }

  /// Without blanks and quotes on either side.
  private static func trimmed(_ text: Substring) -> Substring {
    let isBlank = { (character: Character) in character.isWhitespace || character == "\"" }
    var rest = text.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }

  private init(name: String, implied cells: [[Cell]]) throws(ScheduleError) {
    let ranks = cells.count
    let actions = cells.map { $0.flatMap(\.actions) }
    guard let last = actions.joined().map(\.stage).max(), let microBatch = actions.joined().map(\.microBatch).max()
    else {
      throw ScheduleError(name, "rows", "\(ranks)", "there is no action in them", hint: "write one row per rank")
    }
    // A misprint of one digit would otherwise be a schedule of millions of stages.
    let most = actions.joined().count
    guard last < most, microBatch < most else {
      throw ScheduleError(
        name, last < most ? "micro-batch" : "stage", "\(last < most ? microBatch : last)",
        "\(most) actions cannot reach that number", hint: "count stages and micro-batches from 0")
    }
    let map = try Self.holders(of: last + 1, actions, name)
    let placement = Placement(implied: map, actions)
    self.init(
      name: name, ranks: ranks, chunks: (0..<ranks).map { rank in map.count { $0 == rank } }.max()!,
      microBatches: (microBatch + 1) * (placement == .bidirectional ? 2 : 1), placement: placement, cells: cells)
  }

  /// Per stage, the rank that has most of its actions.
  private static func holders(
    of stages: Int, _ actions: [[Action]], _ name: String
  ) throws(ScheduleError) -> [Int] {
    var counts = Array(repeating: Array(repeating: 0, count: actions.count), count: stages)
    for (rank, list) in actions.enumerated() {
      for action in list { counts[action.stage][rank] += 1 }
    }
    if let stage = counts.firstIndex(where: { $0.allSatisfy { $0 == 0 } }) {
      throw ScheduleError(
        name, "stage", "\(stage)", "no row computes it, but a later stage is there",
        hint: "give every stage from 0 to \(stages - 1) to a rank")
    }
    return counts.map { row in row.firstIndex(of: row.max()!)! }
  }
}

extension Cell {
  /// The cell written as `2F5` or `2F5|3B1`; nil for any other text.
  package init?(_ text: some StringProtocol) {
    let actions = text.split(separator: "|", omittingEmptySubsequences: false).map { Action($0) }
    switch actions.count {
    case 1: if let only = actions[0] { self.init(only) } else { return nil }
    case 2: if let first = actions[0], let second = actions[1] { self.init(first, beside: second) } else { return nil }
    default: return nil
    }
  }
}

extension Placement {
  /// The placement that a map from stage to rank amounts to.
  init(implied map: [Int], _ actions: [[Action]]) {
    let ranks = actions.count
    let isPlaced = { (placement: Placement) in
      map.count.isMultiple(of: ranks) && map.indices.allSatisfy { placement.rank(of: $0, ranks: ranks) == map[$0] }
    }
    if isPlaced(.loop) {
      self = .loop
    } else if map.count == 2 * ranks && isPlaced(.v) {
      // Stage p follows stage p − 1 on the same rank, unless it begins a direction of its own.
      self = actions[ranks - 1].first?.stage == ranks ? .bidirectional : .v
    } else {
      self = .custom(map)
    }
  }
}
