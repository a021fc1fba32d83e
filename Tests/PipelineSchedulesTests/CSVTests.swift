import PipelineSchedules
import Testing

@Suite struct CSVTests {
  @Test(arguments: ScheduleName.allCases)
  func `every schedule is read back as written`(_ name: ScheduleName) throws {
    for sample in Sample.of(name, ranks: 2...7, microBatches: 1...16) {
      guard let schedule = sample.schedule else { continue }
      let read = try PipelineSchedule(csv: schedule.csv, name: name.rawValue)
      #expect(read == schedule, "\(sample)")
    }
  }

  @Test func `rows may hold bubbles, blanks and quotes`() throws {
    let schedule = try PipelineSchedule(csv: "\"0F0\",, ,0B0\r\n,1F0,1B0\r\n\r\n", name: "mine")
    #expect(schedule.csv == "0F0,0B0\n1F0,1B0\n")
    #expect(schedule.violations().isEmpty)
    #expect(schedule.placement == .loop)
  }

  @Test func `a placement of its own is taken from the rows`() throws {
    let schedule = try PipelineSchedule(csv: "0F0,1F0,3F0,3B0,1B0,0B0\n2F0,2B0\n", name: "mine")
    #expect(schedule.placement == .custom([0, 0, 1, 0]))
    #expect(schedule.stageCount == 4)
    #expect(schedule.chunks == 3)
    #expect(schedule.violations().isEmpty)
    #expect(schedule.stages(of: 0) == [0, 1, 3])
    let again = try PipelineSchedule(csv: schedule.csv, name: "mine")
    #expect(again == schedule)
  }

  @Test func `a stray action is a violation, not another placement`() throws {
    let schedule = try PipelineSchedule(csv: "0F0,0F1,0B0,0B1\n1F0,0F1,1F1,1B0,1B1\n", name: "mine")
    #expect(schedule.placement == .loop)
    let found = schedule.violations().map(\.description)
    #expect(found == ["rank 1: 0F1 belongs on rank 0", "0F1 is there 2 times"])
  }

  @Test(arguments: [
    (
      "0F0,0X0\n",
      "f.csv: row 1, column 2 '0X0': this is no action of a schedule; write the stage, then F, B, I or W, then the "
        + "micro-batch, such as 2F5, and an overlap as 2F5|3B1; communication is not part of it"
    ),
    ("", "f.csv: rows 0: there is no action in them; write one row per rank"),
    (
      "0F0,2F0\n,,2B0,0B0\n",
      "f.csv: stage 1: no row computes it, but a later stage is there; give every stage from 0 to 2 to a rank"
    ),
    (
      "0F0,0B90000000\n",
      "f.csv: micro-batch 90000000: 2 actions cannot reach that number; count stages and micro-batches from 0"
    ),
  ])
  func `what is no schedule is refused with its place`(_ csv: String, text: String) {
    let error = #expect(throws: ScheduleError.self) { try PipelineSchedule(csv: csv, name: "f.csv") }
    #expect(error?.description == text)
  }

  @Test(arguments: [
    "0F", "F0", "0F-1", "-1F0", "0f0", "0F+1", "1.5F0", "0FB0", "1SEND_F0", "0F0|", "0F0|0B0|0W0", "²F0",
  ])
  func `what only looks like an action is refused`(_ text: String) {
    let cell = Cell(text)
    #expect(cell == nil)
  }
}
