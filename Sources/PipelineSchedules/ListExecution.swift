/// All ranks going through their lists, each as far as what it waits for allows.
struct ListExecution {
  let index: ActionIndex
  /// Cells in an order in which they could be executed one by one.
  private(set) var order: [ActionIndex.Place] = []
  /// How many cells of each rank's list were executed; a rank that is short of its list waits for ever.
  private(set) var progress: [Int]

  private var schedule: PipelineSchedule { index.schedule }

  init(_ schedule: PipelineSchedule) {
    index = ActionIndex(schedule)
    progress = Array(repeating: 0, count: schedule.ranks)
    var before = -1
    while order.count > before {
      before = order.count
      for rank in 0..<schedule.ranks { advance(rank) }
    }
  }

  /// Whether some rank waits for ever.
  var isStuck: Bool { zip(progress, schedule.cells).contains { $0 < $1.count } }

  private mutating func advance(_ rank: Int) {
    let cells = schedule.cells[rank]
    while progress[rank] < cells.count, obstacle(at: .init(rank: rank, cell: progress[rank])) == nil {
      order.append(.init(rank: rank, cell: progress[rank]))
      progress[rank] += 1
    }
  }

  /// The first thing that the cell still waits for.
  func obstacle(at place: ActionIndex.Place) -> Action? {
    for action in schedule.cells[place.rank][place.cell] {
      for needed in index.dependencies(of: action) {
        guard let source = index.place(of: needed), source.cell < progress[source.rank] else { return needed }
      }
    }
    return nil
  }
}
