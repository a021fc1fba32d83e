import Reporting
import Testing
import Training

struct ConsoleReporterTests {
  @Test(arguments: [(1, Array(1...12)), (5, [1, 5, 10, 12]), (100, [1, 12]), (0, Array(1...12))])
  func `the first, the last and every so-many-th step has a line`(_ logEvery: Int, _ expected: [Int]) {
    #expect(loggedSteps(sampleRun(to: 12), logEvery: logEvery) == expected)
  }

  @Test func `a resumed run logs its own first step`() {
    #expect(loggedSteps(sampleRun(from: 7, to: 12), logEvery: 5) == [8, 10, 12])
  }

  @Test func `a run that ends early still logs its last step`() {
    let cut = Array(sampleRun(to: 200).prefix(1 + 33)) + [.ended(sampleTotals)]
    #expect(loggedSteps(cut, logEvery: 10) == [1, 10, 20, 30, 33])
  }

  @Test func `every step's time is in exactly one line's mean`() {
    let steps = (1...23).map { RunEvent.step(sampleStep($0, seconds: Double($0))) }
    let means = lines([.began(sampleSummary(steps: 23))] + steps, logEvery: 10).compactMap { line in
      line.split(separator: " | ").first { $0.hasPrefix("real ") }.map { String($0.prefix { $0 != "," }) }
    }
    #expect(means == ["real   1.0 s", "real   6.0 s", "real  15.5 s", "real  22.0 s"])
  }

  @Test func `a pipe gets no carriage return and no escape`() {
    let output = pieces(sampleRun(), logEvery: 1).joined()
    #expect(!output.contains("\r") && !output.contains("\u{1B}"))
    #expect(output.hasSuffix("\n"))
  }

  @Test(arguments: [1, 4, 20, 80, 200], [0.001, 1.0])
  func `a terminal keeps the lines of a pipe and no trace of the bar`(_ width: Int, _ clockStep: Double) {
    // The clocks are read at different rates: the two lines that tell the time are compared without it.
    let piped = Screen(pieces(sampleRun(), clockStep: clockStep).joined()).lines
    let screen = Screen(pieces(sampleRun(), isTerminal: true, width: width, clockStep: clockStep).joined())
    #expect(screen.lines.map(withoutTime) == piped.map(withoutTime))
    #expect(screen.last == "")
    #expect(screen.widestBar < max(1, width))
  }

  @Test func `the bar stands below the last line while the run goes on`() {
    let output = pieces(Array(sampleRun().prefix(85)), isTerminal: true, width: 60).joined()
    let screen = Screen(output)
    #expect(screen.last == " 42% [===>     ]  84/200 |       5.8 s to go | loss  3.3600")
    #expect(screen.lines.last?.hasPrefix("step  50/200 | loss") == true)
  }

  @Test func `the bar is redrawn ten times a second at most`() {
    let drawn = pieces(sampleRun(), isTerminal: true, logEvery: 1000, clockStep: 0.01).count { $0.hasPrefix("\r") }
    // 200 steps and a few lines read a clock that runs 0.01 s per reading: 2 s, and the redrawing after lines.
    #expect((20...30).contains(drawn))
  }

  @Test func `the bar is taken away for those who write next`() {
    var output = ""
    let reporter = ConsoleReporter(isTerminal: true, width: 80, logEvery: 10) { output += $0 }
    for event in sampleRun().prefix(20) { reporter.report(event) }
    let before = Screen(output).last
    reporter.clear()
    let after = Screen(output).last
    #expect(before.contains("/200"))
    #expect(after == "")
  }

  private func withoutTime(_ line: String) -> String {
    line.hasPrefix("training ") ? String(line.prefix(14)) : line
  }

  private func loggedSteps(_ events: [RunEvent], logEvery: Int) -> [Int] {
    lines(events, logEvery: logEvery).filter { $0.contains(" GFLOP/s, ") }
      .compactMap { line in Int(line.dropFirst(5).prefix { $0 != "/" }.filter { $0 != " " }) }
  }
}
