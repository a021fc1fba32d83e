import Kernels
import Quantities
import Testing

@Suite("Dropout inside attention")
struct AttentionDropoutTests {
  private static let probability = 0.3

  static func key(_ memory: Memory, first: Int = 5, firstRow: Int = 0, sequence: Int) -> MaskKey {
    MaskKey(
      memory.ints([1, 2, 3, first]), site: 4, probability: probability, sequence: sequence, firstRow: firstRow)
  }

  /// Which probabilities survive, seen from outside: values are unit vectors, so outputs are the probabilities themselves.
  private func kept(
    batch: Int, first: Int, firstRow: Int = 0, heads: Int, sequence: Int, causal: Bool
  ) throws -> [Bool] {
    let memory = try Memory(.float64)
    let s = AttentionLoop(
      batch: batch, sequence: sequence, heads: heads, keyValueHeads: 1, headSize: sequence, causal: causal)
    let columns = (heads + 2) * sequence
    var packed = Array(repeating: 0.0, count: batch * sequence * columns)
    for row in 0..<batch * sequence { packed[row * columns + (heads + 1) * sequence + row % sequence] = 1 }
    let count = batch * sequence * heads * sequence
    let (y, statistics) = (memory.zeros(count), memory.zeros(batch * heads * sequence))
    attention(
      .float64, s, packed: memory.region(packed), y: y, logSumExp: statistics,
      mask: Self.key(memory, first: first, firstRow: firstRow, sequence: sequence))
    return memory.values(y, count).map { $0 != 0 }
  }

  @Test("Forward and backward agree with the textbook under the observed mask", arguments: [7, 65], [true, false])
  func agrees(sequence: Int, causal: Bool) throws {
    let (heads, memory) = (2, try Memory(.float64))
    let mask = try kept(batch: 2, first: 5, heads: heads, sequence: sequence, causal: causal)
    for type in types {
      let s = AttentionLoop(
        batch: 2, sequence: sequence, heads: heads, keyValueHeads: 1, headSize: 5, causal: causal)
      let run = try AttentionTests.Run(s, type, mask: Self.key(memory, sequence: sequence))
      let reference = AttentionReference(shape: s, packed: run.packed) { sample, head, query, position in
        mask[((sample * sequence + query) * heads + head) * sequence + position] ? 1 / (1 - Self.probability) : 0
      }
      let forward = worstError(run.y, reference.forward().y, type, floor: 8)
      let backward = worstError(run.dpacked, reference.backward(run.dy), type, floor: 8)
      #expect(forward <= 8, "\(type)")
      #expect(backward <= 16, "\(type)")
    }
  }

  @Test("Masks are those of earlier versions, whose runs can be repeated")
  func golden() throws {
    let words = words(try kept(batch: 1, first: 5, heads: 2, sequence: 32, causal: false))
    #expect(words == [0xf7bd_fbce_d85e_6edd, 0xb3ee_1ef5_bfbd_eded, 0x3f7b_ebbe_a97f_e7f6])
  }

  @Test("A batch cut in two drops what the whole batch drops")
  func splitting() throws {
    let whole = try kept(batch: 4, first: 0, heads: 2, sequence: 16, causal: true)
    let halves = try [0, 2].flatMap { try kept(batch: 2, first: $0, heads: 2, sequence: 16, causal: true) }
    let rows = try [0, 32].flatMap {
      try kept(batch: 2, first: 0, firstRow: $0, heads: 2, sequence: 16, causal: true)
    }
    #expect(whole == halves)
    #expect(whole == rows)
  }

  @Test("Heads, queries and samples drop independently of each other, at the asked rate within 4 sigma")
  func independence() throws {
    let (batch, heads, sequence) = (4, 3, 32)
    let mask = try kept(batch: batch, first: 0, heads: heads, sequence: sequence, causal: false)
    let expected = 1 - Self.probability
    let sigma = (expected * Self.probability * Double(mask.count)).squareRoot()
    let deviation = abs(Double(mask.count { $0 }) - expected * Double(mask.count))
    #expect(deviation <= 4 * sigma)
    // The distance in the output between neighbouring heads, queries and samples.
    for shift in [sequence, heads * sequence, heads * sequence * sequence] {
      let excess = agreementExcess(mask, shift: shift, keep: expected)
      #expect(abs(excess) <= 5, "a shift of \(shift)")
    }
  }
}

/// How many sigma more often a mask agrees with itself `shift` values on than independent masks would.
func agreementExcess(_ mask: [Bool], shift: Int, keep: Double) -> Double {
  agreementExcess(Array(mask.dropLast(shift)), Array(mask.dropFirst(shift)), keep: keep)
}

/// How many sigma more often two masks agree than independent ones would.
func agreementExcess(_ a: [Bool], _ b: [Bool], keep: Double) -> Double {
  let chance = keep * keep + (1 - keep) * (1 - keep)
  let agreed = Double(zip(a, b).count { $0 == $1 })
  return (agreed - chance * Double(a.count)) / (chance * (1 - chance) * Double(a.count)).squareRoot()
}
