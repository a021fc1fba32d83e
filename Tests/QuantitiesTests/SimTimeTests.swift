import Quantities
import Testing

@Suite struct SimTimeTests {
  @Test(arguments: [
    ("1.5 us", 1_500_000), ("3 ms", 3_000_000_000), ("0 s", 0), ("250 ns", 250_000), ("2 h", 7_200_000_000_000_000),
  ])
  func `Times are read to the picosecond`(text: String, picoseconds: Int) throws {
    #expect(try SimDuration(parsing: text) == SimDuration(picoseconds: picoseconds))
  }

  @Test(arguments: ["1.5", "-1 us", "3 lightyears", "200000 h", "fast"]) func `What is no time is refused`(text: String)
  {
    #expect(throws: QuantityError.self) { try SimDuration(parsing: text) }
  }

  @Test func `Instants differ by durations, sums are exact in any order`() {
    let parts = (1...1000).map { SimDuration(seconds: 1e-6 / Double($0)) }
    let forth = parts.reduce(SimInstant.start) { $0 + $1 }
    let back = parts.reversed().reduce(SimInstant.start) { $0 + $1 }
    #expect(forth == back)
    #expect(forth - SimInstant(parts[0]) == parts.dropFirst().reduce(.zero, +))
  }

  @Test func `A volume at a bandwidth takes a time`() {
    let time: SimDuration = ByteCount(1_000_000) / Bandwidth(1e9)
    #expect(time == SimDuration(seconds: 1e-3))
  }

  @Test(arguments: [(1, "1 ps"), (1500, "1.50 ns"), (2_000_000, "2.00 us"), (12_000_000_000, "12.0 ms")])
  func `Times print in a unit that suits them`(picoseconds: Int, text: String) {
    #expect(SimDuration(picoseconds: picoseconds).description == text)
  }
}
