import Kernels
import Quantities
import Testing

@Suite("Heads of one attention on several ranks")
struct AttentionPartsTests {
  /// Outputs and gradients of query heads, each with its own key-value head's.
  private struct Run {
    var y, logSumExp, dq, dk, dv: [Double]
  }

  private static let (batch, sequence, heads, size) = (2, 9, 4, 5)

  /// Attention of some of the model's heads under dropout, by the columns of the whole packed matrix that belong to them.
  private func run(_ part: Range<Int>, keyValueHeads: Int, _ type: ScalarType, firstHead: Int? = nil) throws -> Run {
    let (memory, size, rows) = (try Memory(type), Self.size, Self.batch * Self.sequence)
    let group = Self.heads / keyValueHeads
    let shared = part.lowerBound / group..<(part.upperBound + group - 1) / group
    let s = AttentionLoop(
      batch: Self.batch, sequence: Self.sequence, heads: part.count, keyValueHeads: shared.count, headSize: size,
      causal: true, firstHead: firstHead ?? part.lowerBound)
    var noise = Noise(keyValueHeads)
    let whole = noise.values(rows * (Self.heads + 2 * keyValueHeads) * size, within: 2)
    let upstream = noise.values(rows * Self.heads * size)
    let (keys, values) = (Self.heads * size, (Self.heads + keyValueHeads) * size)
    let columns = [
      part.lowerBound * size..<part.upperBound * size,
      keys + shared.lowerBound * size..<keys + shared.upperBound * size,
      values + shared.lowerBound * size..<values + shared.upperBound * size,
    ]
    let packed = whole.rows(of: values + keyValueHeads * size).map { row in columns.flatMap { row[$0] } }
    let dy = upstream.rows(of: Self.heads * size).flatMap { $0[columns[0]] }
    let input = memory.region(packed.flatMap { $0 })
    let (y, statistics) = (memory.zeros(dy.count), memory.zeros(rows * part.count))
    let (slopes, count) = (memory.zeros(packed.count * packed[0].count), packed[0].count)
    let mask = AttentionDropoutTests.key(memory, sequence: Self.sequence)
    attention(type, s, packed: input, y: y, logSumExp: statistics, mask: mask)
    attentionBackward(
      type, s, dy: memory.region(dy), y: y, packed: input, logSumExp: statistics, dpacked: slopes, mask: mask)
    let dpacked = memory.values(slopes, packed.count * count).rows(of: count)
    let (q, k) = (part.count * size, shared.count * size)
    return Run(
      y: memory.values(y, dy.count), logSumExp: memory.values(statistics, rows * part.count),
      dq: dpacked.flatMap { $0[..<q] }, dk: dpacked.flatMap { $0[q..<q + k] }, dv: dpacked.flatMap { $0[(q + k)...] })
  }

  /// Columns of several ranks side by side.
  private func beside(_ left: [Double], _ right: [Double], rows: Int) -> [Double] {
    zip(left.rows(of: left.count / rows), right.rows(of: right.count / rows)).flatMap { $0 + $1 }
  }

  @Test("Parts of the heads side by side are the whole, bit for bit, masks included", arguments: [4, 2], types)
  func sideBySide(keyValueHeads: Int, type: ScalarType) throws {
    let rows = Self.batch * Self.sequence
    let whole = try run(0..<4, keyValueHeads: keyValueHeads, type)
    let (left, right) = (
      try run(0..<2, keyValueHeads: keyValueHeads, type), try run(2..<4, keyValueHeads: keyValueHeads, type)
    )
    let joined = Run(
      y: beside(left.y, right.y, rows: rows), logSumExp: beside(left.logSumExp, right.logSumExp, rows: Self.batch),
      dq: beside(left.dq, right.dq, rows: rows), dk: beside(left.dk, right.dk, rows: rows),
      dv: beside(left.dv, right.dv, rows: rows))
    #expect(joined.y == whole.y)
    #expect(joined.logSumExp == whole.logSumExp)
    #expect(joined.dq == whole.dq)
    #expect(joined.dk == whole.dk)
    #expect(joined.dv == whole.dv)
    let wrong = try run(2..<4, keyValueHeads: keyValueHeads, type, firstHead: 0)
    #expect(wrong.y != right.y)
    #expect(wrong.logSumExp == right.logSumExp)
  }

  @Test("Where all heads share one key-value head, its gradients are sums over the ranks", arguments: types)
  func shared(type: ScalarType) throws {
    let rows = Self.batch * Self.sequence
    let whole = try run(0..<4, keyValueHeads: 1, type)
    let (left, right) = (try run(0..<1, keyValueHeads: 1, type), try run(1..<4, keyValueHeads: 1, type))
    let sums = zip(left.dk + left.dv, right.dk + right.dv).map { $0 + $1 }
    let worst = worstError(sums, whole.dk + whole.dv, type, floor: 8)
    #expect(beside(left.y, right.y, rows: rows) == whole.y)
    #expect(worst <= 4)
  }
}
