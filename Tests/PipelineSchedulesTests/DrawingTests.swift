import PipelineSchedules
import Testing

@Suite struct DrawingTests {
  private func grid(
    _ name: ScheduleName, ranks: Int, microBatches: Int, _ times: ScheduleTimes = ScheduleTimes(), columns: Int = 100
  ) throws -> ScheduleGrid {
    let schedule = try PipelineSchedule.make(name, ranks: ranks, microBatches: microBatches)
    return ScheduleGrid(schedule, schedule.measure(times), columns: columns)
  }

  @Test func `1F1B is drawn as the papers draw it`() throws {
    let grid = try grid(.oneForwardOneBackward, ranks: 4, microBatches: 4)
    #expect(
      grid.lines == [
        "rank 0  F0F1F2F3············B0--··B1--··B2--··B3--",
        "rank 1  ··F0F1F2········B0--F3B1--··B2--··B3--····",
        "rank 2  ····F0F1····B0--F2B1--F3B2--··B3--········",
        "rank 3  ······F0B0--F1B1--F2B2--F3B3--············",
        "time    0         5         10        15        20",
      ])
    #expect(grid.note == nil)
  }

  @Test func `chunks differ by case, and overlapped actions share a cell`() throws {
    let grid = try grid(.dualPipe, ranks: 2, microBatches: 4)
    #expect(grid.lines[0] == "rank 0  F0f0F1b0--f1|B0-b1--I1W1")
    #expect(grid.lines[1] == "rank 1  f0F0f1B0--F1|b0-B1--i1w1")
  }

  @Test func `a long schedule keeps its beginning and its end, and says what is missing`() throws {
    let grid = try grid(.zeroBubbleH1, ranks: 40, microBatches: 100, columns: 80)
    #expect(grid.lines.count == 34)
    #expect(grid.lines.allSatisfy { $0.count <= 80 })
    #expect(grid.lines[0].hasPrefix("rank 0   F0 F1 F2 ") || grid.lines[0].hasPrefix("rank 0   F0-F1-F2-"))
    #expect(grid.lines[0].hasSuffix("W99"))
    #expect(grid.lines[16] == "         …")
    #expect(
      grid.note == "… leaves out the middle 315.67 of 339 units of time and 8 of 40 ranks.")
  }

  @Test(arguments: ScheduleName.allCases)
  func `lines keep within their columns, whatever the times`(_ name: ScheduleName) throws {
    for times in [
      ScheduleTimes(forward: 1e-9), ScheduleTimes(forward: 0), ScheduleTimes(backwardWeight: 1e9),
      ScheduleTimes(hop: 1e6),
    ] {
      let lines = try grid(name, ranks: 4, microBatches: 8, times).lines
      #expect(lines.allSatisfy { $0.count <= 100 }, "\(times)")
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `a picture has one box and one title per action`(_ name: ScheduleName) throws {
    let schedule = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
    let svg = ScheduleSVG(schedule, schedule.measure(), title: "a < b & \"c\"").text
    #expect(svg.contains("<title>a &lt; b &amp; &quot;c&quot;</title>"))
    for action in (0..<4).flatMap(schedule.actions) {
      let count = svg.split(separator: "<title>\(action), ", omittingEmptySubsequences: false).count - 1
      #expect(count == 1, "\(action)")
    }
    let opened = svg.count { $0 == "<" }
    let closed = svg.count { $0 == ">" }
    #expect(opened == closed)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
  }
}
