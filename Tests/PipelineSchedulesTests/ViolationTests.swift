import PipelineSchedules
import Testing

/// For every law, a schedule that breaks it alone.
@Suite struct ViolationTests {
  /// The schedule with its cells changed.
  private func mutant(
    _ name: ScheduleName, ranks: Int = 4, microBatches: Int = 8, _ change: (inout [[Cell]]) -> Void
  ) throws -> [ScheduleViolation] {
    let good = try PipelineSchedule.make(name, ranks: ranks, microBatches: microBatches)
    var cells = good.cells
    change(&cells)
    #expect(cells != good.cells, "the mutant changes something")
    let changed = PipelineSchedule(
      name: good.name, ranks: good.ranks, chunks: good.chunks, microBatches: good.microBatches,
      placement: good.placement, cells: cells)
    return changed.violations()
  }

  private func action(_ text: String) -> Action { Action(text)! }

  private func remove(_ text: String, _ cells: inout [[Cell]], _ rank: Int) {
    cells[rank].removeAll { $0.description == text }
  }

  @Test func `a dropped weight gradient is missed`() throws {
    let found = try mutant(.zeroBubbleH1) { remove("2W3", &$0, 2) }
    #expect(found == [.missing(action("2W3"))])
  }

  @Test func `a dropped forward is missed`() throws {
    let found = try mutant(.oneForwardOneBackward) { remove("1F7", &$0, 1) }
    #expect(found == [.missing(action("1F7"))])
  }

  @Test func `a dropped backward is missed`() throws {
    let found = try mutant(.gPipe) { remove("0B0", &$0, 0) }
    #expect(found == [.missing(action("0B0"))])
  }

  @Test func `a doubled forward is found`() throws {
    let found = try mutant(.oneForwardOneBackward) { $0[1].append($0[1][0]) }
    #expect(found == [.repeated(action("1F0"), times: 2)])
  }

  @Test func `a full backward beside its halves is found`() throws {
    let found = try mutant(.zeroBubbleH1) { $0[0].append(Cell("0B3")!) }
    #expect(found == [.backwardTwice(stage: 0, microBatch: 3)])
  }

  @Test func `an action on another rank is found`() throws {
    let found = try mutant(.gPipe) { cells in
      let moved = cells[1].removeFirst()
      cells[2].insert(moved, at: 0)
    }
    #expect(found == [.wrongRank(action("1F0"), rank: 2, holder: 1)])
  }

  @Test func `a micro-batch that the step does not have is found`() throws {
    let found = try mutant(.gPipe) { $0[3].append(Cell("3F8")!) }
    #expect(found == [.unknown(action("3F8"), rank: 3)])
  }

  @Test func `a micro-batch of both directions at once is none of either`() throws {
    // Eight micro-batches are four per direction.
    let found = try mutant(.dualPipe) { $0[0].append(Cell("0F4")!) }
    #expect(found == [.unknown(action("0F4"), rank: 0)])
  }

  @Test func `a backward before its forward is found`() throws {
    let found = try mutant(.oneForwardOneBackward) { $0[3].swapAt(0, 1) }
    #expect(found == [.wrongOrder(action("3B0"), before: action("3F0"), rank: 3)])
  }

  @Test func `a weight gradient before its input gradient is found`() throws {
    let found = try mutant(.zeroBubbleH1) { cells in
      let index = cells[0].firstIndex(of: Cell("0I0")!)!
      cells[0].swapAt(index, index + 1)
    }
    #expect(found == [.wrongOrder(action("0W0"), before: action("0I0"), rank: 0)])
  }

  @Test func `a stage before the stage before it on the same rank is found`() throws {
    let found = try mutant(.zeroBubbleV) { $0[3].swapAt(0, 1) }
    #expect(found == [.wrongOrder(action("4F0"), before: action("3F0"), rank: 3)])
  }

  @Test func `in two directions the same order is right, because the stages are not linked`() throws {
    let found = try mutant(.dualPipe) { cells in
      let index = cells[3].firstIndex(of: Cell("3F0")!)!
      cells[3].swapAt(index, index - 1)
    }
    #expect(found.isEmpty)
  }

  @Test func `an overlap of two forwards is found`() throws {
    let found = try mutant(.gPipe) { cells in
      cells[0].replaceSubrange(0..<2, with: [Cell(action("0F0"), beside: action("0F1"))])
    }
    #expect(found == [.wrongOverlap(Cell("0F0|0F1")!, rank: 0)])
  }

  @Test func `ranks that wait for each other are found, with what they wait for`() throws {
    // Rank 0 wants the gradient of micro-batch 0 before it lets the last rank have micro-batch 1, and that rank the reverse.
    let found = try mutant(.oneForwardOneBackward, ranks: 2, microBatches: 2) { cells in
      cells[0] = ["0F0", "0B0", "0F1", "0B1"].map { Cell($0)! }
      cells[1] = ["1F0", "1F1", "1B0", "1B1"].map { Cell($0)! }
    }
    #expect(
      found == [
        .deadlock(rank: 0, cell: Cell("0B0")!, waitsFor: Action(.backwardInput, stage: 1, microBatch: 0)),
        .deadlock(rank: 1, cell: Cell("1F1")!, waitsFor: action("0F1")),
      ])
    #expect(found.last?.description == "rank 1: 1F1 waits for 0F1 for ever")
  }

  @Test(arguments: ScheduleName.allCases)
  func `of all neighbouring pairs, exactly those swaps are found that cannot be executed`(_ name: ScheduleName) throws {
    let good = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
    var caught = 0
    for rank in 0..<4 {
      for index in good.cells[rank].indices.dropLast() {
        var cells = good.cells
        let isFound = try !mutant(name) { $0[rank].swapAt(index, index + 1) }.isEmpty
        cells[rank].swapAt(index, index + 1)
        let executes = executes(cells, of: good)
        #expect(isFound != executes, "rank \(rank), cell \(index)")
        caught += isFound ? 1 : 0
      }
    }
    #expect(caught > 0)
  }

  /// The laws of order once more, as plainly as can be: what is done, and what may be done next.
  private func executes(_ cells: [[Cell]], of schedule: PipelineSchedule) -> Bool {
    var done: Set<Action> = []
    var rest = cells.map { $0[...] }
    while let rank = rest.indices.first(where: { rank in
      rest[rank].first?.actions.allSatisfy { mayStart($0, after: done, schedule) } ?? false
    }) {
      done.formUnion(rest[rank].removeFirst().actions)
    }
    return rest.allSatisfy(\.isEmpty)
  }

  private func mayStart(_ action: Action, after done: Set<Action>, _ schedule: PipelineSchedule) -> Bool {
    let isDone = { (kinds: [Action.Kind], stage: Int?) in
      stage.map { stage in
        kinds.contains { done.contains(Action($0, stage: stage, microBatch: action.microBatch)) }
      } ?? true
    }
    return switch action.kind {
    case .forward: isDone([.forward], schedule.stage(before: action.stage))
    case .backwardWeight: isDone([.backwardInput], action.stage)
    case .backward, .backwardInput:
      isDone([.forward], action.stage)
        && isDone([.backward, .backwardInput], schedule.stage(after: action.stage))
    }
  }
}
