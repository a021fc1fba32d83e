import Quantities
import Testing

struct ByteCountTests {
  @Test(arguments: [
    ("0 B", 0), ("512 B", 512), ("1 KiB", 1024), ("25 MiB", 26_214_400), ("1.5 GiB", 1_610_612_736),
    ("2 TiB", 2_199_023_255_552), ("1 PiB", 1_125_899_906_842_624), ("1 KB", 1000), ("1.5 GB", 1_500_000_000),
    ("3 TB", 3_000_000_000_000), ("1 PB", 1_000_000_000_000_000), ("25MiB", 26_214_400), ("25 mib", 26_214_400),
    (" 25 MiB ", 26_214_400), ("1_000 B", 1000), ("1e3 KB", 1_000_000), ("+5 B", 5),
  ])
  func `binary and decimal units mean what they say`(_ text: String, _ bytes: Int) throws {
    #expect(try ByteCount(parsing: text).value == bytes)
  }

  @Test(arguments: [
    ("25", "'25' has no unit; write it like '25 MiB'"),
    ("MiB", "'MiB' is not a number with a unit; write it like '25 MiB'"),
    ("", "'' is not a number with a unit; write it like '25 MiB'"),
    ("25 MX", "'25 MX' has an unknown unit 'MX'; write it like '25 MiB'"),
    ("1,024 B", "'1,024 B' has an unknown unit ',024B'; write it like '25 MiB'"),
    ("0x10 B", "'0x10 B' has an unknown unit 'x10B'; write it like '25 MiB'"),
    ("-1 B", "'-1 B' is not a whole, non-negative number of bytes"),
    ("1.5 B", "'1.5 B' is not a whole, non-negative number of bytes"),
    ("1e30 PB", "'1e30 PB' is not a whole, non-negative number of bytes"),
    ("1e400 B", "'1e400 B' is not a number with a unit; write it like '25 MiB'"),
    ("nan B", "'nan B' is not a number with a unit; write it like '25 MiB'"),
    ("½ MiB", "'½ MiB' is not a number with a unit; write it like '25 MiB'"),
  ])
  func `what means nothing is refused with a reason and an example`(_ text: String, _ message: String) {
    let refused = #expect(throws: QuantityError.self) { try ByteCount(parsing: text) }
    #expect(refused?.description == message)
  }

  @Test(arguments: [
    (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1536, "1.50 KiB"), (10_240, "10.0 KiB"),
    (102_400, "100 KiB"), (1_048_576, "1.00 MiB"), (1_610_612_736, "1.50 GiB"), (-1536, "-1.50 KiB"), (-5, "-5 B"),
    (1_125_899_906_842_624, "1.00 PiB"),
  ])
  func `a count prints with three digits in its largest unit`(_ bytes: Int, _ text: String) {
    #expect(ByteCount(bytes).description == text)
  }

  @Test func `every count that its print shows exactly is read back from it`() throws {
    let units = (0...5).map { 1 << (10 * $0) }
    for unit in units {
      for multiple in 1...999 {
        let count = ByteCount(unit * multiple)
        let read = try ByteCount(parsing: count.description)
        #expect(read == count)
      }
    }
  }

  @Test func `a count of bytes is read back from its digits`() throws {
    for power in 0...52 {
      for value in [(1 << power) - 1, 1 << power, (1 << power) + 1] {
        let read = try ByteCount(parsing: "\(value) B")
        #expect(read.value == value)
      }
    }
  }

  @Test func `a print is within half of its last digit`() throws {
    for step in 1...5000 {
      let value = step * step * step
      let words = ByteCount(value).description.split(separator: " ")
      let unit = try ByteCount(parsing: "1 \(words[1])")
      let printed = try #require(Double(words[0])) * Double(unit.value)
      #expect(abs(printed - Double(value)) <= 0.00501 * Double(value), "\(value)")
    }
  }

  @Test func `counts add, scale and compare as their bytes do`() {
    let (a, b) = (ByteCount(3), ByteCount(4, of: .float64))
    #expect(a + b == ByteCount(35))
    #expect(a - b == ByteCount(-29))
    #expect(b * 2 == ByteCount(64))
    #expect(a < b && ByteCount.zero < a)
    #expect(ByteCount(5, of: .int32) == ByteCount(5, of: .float32))
  }
}
