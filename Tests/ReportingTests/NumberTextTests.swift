import Reporting
import Testing

struct NumberTextTests {
  @Test(arguments: [
    (0, "0 s"), (0.0004, "0.40 ms"), (0.0125, "12.5 ms"), (0.5, "500 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"),
    (4.2, "4.2 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (185, "3 min 05 s"), (3599.4, "59 min 59 s"),
    (3599.6, "1 h 00 min"), (3720, "1 h 02 min"), (86_369, "23 h 59 min"), (86_371, "1 d 00 h"),
    (183_600, "2 d 03 h"),
  ])
  func `a duration is told in two units at most, and rounding carries over`(_ seconds: Double, _ text: String) {
    #expect(durationText(seconds) == text)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 1e300])
  func `what is no duration is unknown`(_ seconds: Double) {
    #expect(durationText(seconds) == "unknown")
  }

  @Test func `a longer duration never reads shorter`() {
    var longest = 0.0
    for step in 1...4000 {
      let seconds = Double(step) * Double(step) * 0.013
      let read = secondsRead(in: durationText(seconds))
      #expect(read >= longest, "\(seconds) s")
      // Half of the smaller of two units is lost: at worst half an hour of a day.
      #expect(abs(read - seconds) <= max(0.05, seconds / 48), "\(seconds) s")
      longest = read
    }
  }
}

/// The seconds that a printed duration stands for.
private func secondsRead(in text: String) -> Double {
  let factors = ["ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86_400]
  let words = text.split(separator: " ").map(String.init)
  return stride(from: 0, to: words.count, by: 2).reduce(0) { $0 + Double(words[$1])! * factors[words[$1 + 1]]! }
}
