import Quantities
import Testing

struct PrintingTests {
  @Test(arguments: [
    (0, 0, "0"), (0, 2, "0.00"), (1.5, 0, "2"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.125, 2, "0.13"),
    (-0.125, 2, "-0.13"), (0.004, 2, "0.00"), (-0.004, 2, "0.00"), (-0.0, 1, "0.0"), (0.05, 1, "0.1"),
    (9.999, 2, "10.00"), (123.456, 1, "123.5"), (1e15, 2, "1000000000000000.00"), (1e300, 2, "1e+300"),
    (.nan, 2, "nan"), (.infinity, 2, "inf"), (-.infinity, 0, "-inf"),
  ])
  func `a number has as many decimals as were asked for`(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(fixed(value, decimals: decimals) == text)
  }

  @Test func `what fixed prints is the nearest number with so many decimals`() throws {
    for decimals in 0...6 {
      for step in -200...200 {
        let value = Double(step) * 0.0371
        let printed = try #require(Double(fixed(value, decimals: decimals)))
        var unit = 1.0
        for _ in 0..<decimals { unit /= 10 }
        #expect(abs(printed - value) <= unit * 0.5000001, "\(value) with \(decimals)")
      }
    }
  }

  @Test(arguments: [
    (0, "0.00"), (1.5, "1.50"), (9.994, "9.99"), (9.995, "10.0"), (15, "15.0"), (99.94, "99.9"), (99.95, "100"),
    (150, "150"), (1023, "1023"), (-15, "-15.0"), (-99.96, "-100"),
  ])
  func `three digits are kept when rounding carries into a fourth`(_ value: Double, _ text: String) {
    #expect(threeDigits(value) == text)
  }

  @Test func `numbers from 1 to 999 have exactly three digits`() {
    for step in 1000...999_400 where step.isMultiple(of: 37) {
      let digits = threeDigits(Double(step) / 1000).count(where: \.isNumber)
      #expect(digits == 3, "\(step)")
    }
  }

  @Test(arguments: [
    (0, "0.00 B/s"), (999.4, "999 B/s"), (999.5, "1.00 kB/s"), (1.5e9, "1.50 GB/s"), (999.6e9, "1.00 TB/s"),
    (2e15, "2.00 PB/s"), (3e18, "3.00 EB/s"), (-2.5e6, "-2.50 MB/s"),
  ])
  func `a rate takes the prefix that keeps it below a thousand`(_ value: Double, _ text: String) {
    #expect(withDecimalPrefix(value, "B/s") == text)
  }

  @Test(arguments: [
    (0, "0.00 us"), (1.5e-6, "1.50 us"), (9.999e-3, "9999 us"), (9.9996e-3, "10.0 ms"), (0.25, "250 ms"),
    (9.999, "9999 ms"), (9.9996, "10.0 s"), (3600, "3600 s"),
  ])
  func `a time takes the unit that keeps it below ten thousand`(_ value: Double, _ text: String) {
    #expect(withTimeUnit(value) == text)
  }

  @Test(arguments: [(0.375, 1, "37.5 %"), (1, 0, "100 %"), (0, 1, "0.0 %")])
  func `a share is printed in percent`(_ share: Double, _ decimals: Int, _ text: String) {
    #expect(percent(share, decimals: decimals) == text)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (17_600, "17,600"), (1_000_000, "1,000,000"), (-1000, "-1,000"),
    (-999, "-999"), (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func `thousands are separated`(_ value: Int, _ text: String) {
    #expect(grouped(value) == text)
  }

  @Test func `a grouped number without its commas is the number`() {
    for power in 0..<62 {
      for value in [(1 << power) - 1, 1 << power, -(1 << power)] {
        let text = grouped(value)
        #expect(Int(text.filter { $0 != "," }) == value)
        let groups = text.split(separator: ",").map(\.count)
        #expect(groups.dropFirst().allSatisfy { $0 == 3 }, "\(text)")
      }
    }
  }
}
