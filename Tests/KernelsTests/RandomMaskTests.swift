import Kernels
import Quantities
import Testing

@Suite("Random masks")
struct RandomMaskTests {
  /// Everything a mask may depend on.
  struct Key {
    var seed = (low: 7, high: 0)
    var step = 3
    var site = 2
    var first = 0
    var probability = 0.3
    var firstRow = 0
  }

  private static let (rows, sequence, columns) = (64, 8, 100)

  /// What ones become.
  private func values(_ key: Key, _ type: ScalarType = .float32, rows: Int = rows) throws -> [Double] {
    let (memory, count) = (try Memory(type), rows * Self.columns)
    let mask = maskKey(key, memory)
    let result = memory.zeros(count)
    let ones = memory.region(Array(repeating: 1, count: count))
    dropout(type, ones, result, rows: rows, columns: Self.columns, mask: mask)
    return memory.values(result, count)
  }

  private func maskKey(_ key: Key, _ memory: Memory) -> MaskKey {
    MaskKey(
      memory.ints([key.seed.low, key.seed.high, key.step, key.first]), site: key.site, probability: key.probability,
      sequence: Self.sequence, firstRow: key.firstRow)
  }

  private func kept(_ key: Key, _ type: ScalarType = .float32, rows: Int = rows) throws -> [Bool] {
    try values(key, type, rows: rows).map { $0 != 0 }
  }

  @Test("Values survive at the asked rate within 4 sigma, scaled by its inverse", arguments: [0.1, 0.5, 0.9], types)
  func rate(probability: Double, type: ScalarType) throws {
    let values = try values(Key(probability: probability), type)
    let survivors = values.filter { $0 != 0 }
    let (n, keep) = (Double(values.count), 1 - probability)
    #expect(abs(Double(survivors.count) - n * keep) <= 4 * (n * keep * probability).squareRoot())
    let worst = survivors.map { abs($0 * keep - 1) }.max()!
    #expect(worst <= 2 * type.epsilon)
  }

  @Test("Nothing is dropped at probability 0")
  func zero() throws {
    let values = try values(Key(probability: 0))
    #expect(values.allSatisfy { $0 == 1 })
  }

  @Test("Both types drop the same values, and again the same when asked again")
  func pure() throws {
    let masks = try [kept(Key(), .float32), kept(Key(), .float64), kept(Key(), .float32)]
    #expect(masks[0] == masks[1] && masks[0] == masks[2])
  }

  @Test("Seed (both words), step, site and sample each give an independent mask")
  func dependsOnEach() throws {
    let base = try kept(Key())
    let others = [
      Key(seed: (8, 0)), Key(seed: (7, 1)), Key(seed: (-7, 0)), Key(step: 4), Key(step: -1), Key(site: 3), Key(site: 0),
      Key(first: 1000), Key(first: 1),
    ]
    for key in others {
      let excess = agreementExcess(base, try kept(key), keep: 0.7)
      #expect(abs(excess) <= 5, "\(key)")
    }
    // The same counters on other places must not give the same masks either.
    let exchanged = agreementExcess(try kept(Key(step: 5, site: 9)), try kept(Key(step: 9, site: 5)), keep: 0.7)
    #expect(abs(exchanged) <= 5)
  }

  @Test("Features, positions and samples are independent of their neighbours")
  func neighbours() throws {
    let mask = try kept(Key(), rows: 512)
    for shift in [1, 2, 8, Self.columns, Self.columns + 1, Self.sequence * Self.columns] {
      let excess = agreementExcess(mask, shift: shift, keep: 0.7)
      #expect(abs(excess) <= 5, "a shift of \(shift) values")
    }
  }

  @Test("A batch cut into micro-batches drops what the whole batch drops", arguments: [1, 2, 4, 8])
  func splitting(parts: Int) throws {
    let rows = Self.rows / parts
    let pieces = try (0..<parts).flatMap { try kept(Key(first: $0 * rows / Self.sequence), rows: rows) }
    let whole = try kept(Key())
    #expect(pieces == whole)
  }

  @Test("Rows of a batch held by several ranks drop what the whole batch drops", arguments: [3, 5, 32])
  func rowParts(rows: Int) throws {
    let whole = try kept(Key())
    let pieces = try stride(from: 0, to: Self.rows, by: rows).flatMap {
      try kept(Key(firstRow: $0), rows: min(rows, Self.rows - $0))
    }
    let wrong = try kept(Key(firstRow: 1))
    #expect(pieces == whole)
    #expect(wrong != whole)
  }

  @Test("Masks are those of earlier versions, whose runs can be repeated")
  func golden() throws {
    let mask = try kept(Key(), rows: 2)
    let words = words(mask)
    #expect(words == [0xc6af_ffbf_f2fa_2f3c, 0xe5cb_e5bc_acef_618d, 0xdf6c_6c6d_ed73_5afc])
  }
}

/// The first 192 values of a mask as bits, the first value lowest.
func words(_ mask: [Bool]) -> [UInt64] {
  stride(from: 0, to: 192, by: 64).map { start in
    (0..<64).reduce(UInt64(0)) { $0 | (mask[start + $1] ? 1 << UInt64($1) : 0) }
  }
}
