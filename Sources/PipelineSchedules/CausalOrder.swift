/// Vector clocks of a schedule's actions: which of a rank's actions must have ended before another starts.
///
/// - Source: Mattern 1989, "Virtual Time and Global States of Distributed Systems".
struct CausalOrder {
  /// Per rank, in issue order.
  let actions: [[Action]]
  private let ranks: Int
  /// Per rank: for every action, how many actions of each rank have ended before it starts.
  private var clocks: [[Int32]]

  /// - Precondition: the schedule is valid.
  init(_ schedule: PipelineSchedule) {
    ranks = schedule.ranks
    actions = (0..<schedule.ranks).map(schedule.actions)
    clocks = actions.map { Array(repeating: 0, count: $0.count * schedule.ranks) }
    let execution = ListExecution(schedule)
    precondition(!execution.isStuck, "\(schedule.name): a schedule with a deadlock has no causal order")
    let starts = schedule.cells.map { cells in
      cells.reduce(into: [0]) { $0.append($0.last! + $1.actions.count) }
    }
    for place in execution.order {
      for number in starts[place.rank][place.cell]..<starts[place.rank][place.cell + 1] {
        note(number, on: place.rank, execution.index, starts)
      }
    }
  }

  private mutating func note(_ number: Int, on rank: Int, _ index: ActionIndex, _ starts: [[Int]]) {
    if number > 0 { join(number - 1, of: rank, into: number, of: rank) }
    for needed in index.dependencies(of: actions[rank][number]) {
      guard let place = index.place(of: needed), place.rank != rank else { continue }
      let cell = starts[place.rank][place.cell]..<starts[place.rank][place.cell + 1]
      let source = cell.first { actions[place.rank][$0].provides(needed) }
      if let source { join(source, of: place.rank, into: number, of: rank) }
    }
  }

  /// The end of one action comes before the start of another.
  private mutating func join(_ source: Int, of sourceRank: Int, into target: Int, of rank: Int) {
    for other in 0..<ranks {
      let known = clocks[sourceRank][source * ranks + other]
      let ended = other == sourceRank ? Int32(source + 1) : known
      clocks[rank][target * ranks + other] = max(clocks[rank][target * ranks + other], ended)
    }
  }

  /// The first action of `rank`, after its action `number`, that cannot start before action `other` of `otherRank` has
  /// ended; nil if there is none.
  func first(on rank: Int, after number: Int, following other: Int, of otherRank: Int) -> Int? {
    // Clocks of a rank only grow, so the first is found by halving.
    var (low, high) = (number + 1, actions[rank].count)
    while low < high {
      let middle = (low + high) / 2
      if clocks[rank][middle * ranks + otherRank] > Int32(other) { high = middle } else { low = middle + 1 }
    }
    return low < actions[rank].count ? low : nil
  }
}
