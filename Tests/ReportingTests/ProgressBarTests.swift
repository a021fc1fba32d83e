import Reporting
import Testing
import Training

struct ProgressBarTests {
  @Test func `the details that are wanted most stay longest`() {
    #expect(
      [100, 80, 60, 40, 30, 20, 10, 4].map { bar(84).text(width: $0) } == [
        " 42% [============>                 ]  84/200 |       5.8 s to go | loss  3.3600 |  15,360 tokens/s",
        " 42% [====>     ]  84/200 |       5.8 s to go | loss  3.3600 |  15,360 tokens/s",
        " 42% [===>     ]  84/200 |       5.8 s to go | loss  3.3600",
        " 42% [==========>             ]  84/200",
        " 42% [=====>        ]  84/200",
        " 42% [=====>      ]",
        " 42%",
        "",
      ])
  }

  @Test func `no bar is as wide as its terminal`() {
    for width in 0...200 {
      for step in stride(from: 0, through: 200, by: 7) {
        let text = bar(step).text(width: width)
        #expect(text.count < max(1, width), "width \(width), step \(step)")
      }
    }
  }

  @Test func `the bar is full at the last step and not one step before`() {
    for steps in [1, 3, 40, 1000, 123_457] {
      let summary = sampleSummary(steps: steps)
      let last = ProgressBar(sampleStep(steps, of: steps), of: summary)
      let before = ProgressBar(sampleStep(max(1, steps) - 1, of: steps), of: summary)
      #expect(last.percent == 100 && !last.text(width: 120).contains(">"))
      #expect(before.percent < 100 && before.text(width: 120).contains(">"))
    }
  }

  @Test func `the bar never goes back`() {
    let done = (0...200).map { step in bar(step).text(width: 120).count { $0 == "=" } }
    #expect(done == done.sorted())
    #expect(Set(done) == Set(0...40))
  }

  private func bar(_ step: Int) -> ProgressBar { ProgressBar(sampleStep(step), of: sampleSummary()) }
}
