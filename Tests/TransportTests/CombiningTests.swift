import Collectives
import Kernels
import Quantities
import Testing
import Transport

@Suite("Sums and maxima over ranks, in every type")
struct CombiningTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: ScalarType
    var algorithm: CollectiveAlgorithm
    var ranks: Int
    var testDescription: String { "\(type.rawValue) \(algorithm.rawValue) over \(ranks)" }
  }
  static let cases = [ScalarType.float32, .float64, .bfloat16, .float16].flatMap { type in
    CollectiveAlgorithm.allCases.flatMap { algorithm in
      [2, 3, 4].map { Case(type: type, algorithm: algorithm, ranks: $0) }
    }
  }

  private static let count = 37

  /// Values of many magnitudes and both signs, as a type stores them.
  private static func input(_ rank: Int, _ index: Int, _ type: ScalarType) -> Double {
    let magnitudes = [1.0, 1e-3, 100, 0.1, 7]
    let sign = (rank + index) % 3 == 0 ? -1.0 : 1
    return Stored.rounded(sign * magnitudes[(rank * 3 + index) % 5] / Double(3 + rank + 7 * index), type)
  }

  /// All ranks' results, with segments so short that rounds have several.
  private func results(_ example: Case, _ combination: Combination) throws -> [[Double]] {
    try world(example.ranks) { rank in
      let values = (0..<Self.count).map { Self.input(rank.number, $0, example.type) }
      let buffer = rank.region(values, example.type)
      try rank.collective(
        .allReduce, example.algorithm, buffer, count: Self.count, type: example.type, combination, segment: 5)
      return rank.values(buffer, Self.count, example.type)
    }
  }

  /// The same schedule, one round after the other, in plain doubles that are rounded after every addition.
  private func reference(_ example: Case, _ combine: (Double, Double) -> Double) -> [Double] {
    let (ranks, type) = (example.ranks, example.type)
    let schedule = CollectiveSchedule(.allReduce, algorithm: example.algorithm, ranks: ranks, count: Self.count)
    let programs = (0..<ranks).map(schedule.rounds)
    var buffers = (0..<ranks).map { rank in (0..<Self.count).map { Self.input(rank, $0, type) } }
    for round in programs[0].indices {
      let before = buffers
      for rank in 0..<ranks {
        for receive in programs[rank][round].receives {
          for index in receive.range {
            let (own, received) = (before[rank][index], before[receive.from][index])
            buffers[rank][index] = receive.combine == .copy ? received : Stored.rounded(combine(own, received), type)
          }
        }
      }
    }
    return buffers[0]
  }

  @Test("A sum is the reference's, rounded after every addition, and has the same bits on all ranks", arguments: cases)
  func sums(_ example: Case) throws {
    let results = try results(example, .sum)
    let expected = reference(example) { example.type == .float64 ? $0 + $1 : Double(Float($0) + Float($1)) }
    for rank in 0..<example.ranks { #expect(results[rank] == expected) }
  }

  @Test("A maximum is the largest of all ranks' values", arguments: cases)
  func maxima(_ example: Case) throws {
    let results = try results(example, .maximum)
    let expected = (0..<Self.count).map { index in
      (0..<example.ranks).map { Self.input($0, index, example.type) }.max()!
    }
    for rank in 0..<example.ranks { #expect(results[rank] == expected) }
  }

  @Test("A mutant that adds 16-bit values without rounding in between is told apart")
  func mutant() {
    for type in [ScalarType.bfloat16, .float16] {
      let example = Case(type: type, algorithm: .ring, ranks: 4)
      let right = reference(example) { Double(Float($0) + Float($1)) }
      let late = (0..<Self.count).map { index in
        Stored.rounded((0..<4).reduce(0) { $0 + Self.input($1, index, type) }, type)
      }
      #expect(right != late)
    }
  }

  @Test("Threads refuse the library's all-reduce")
  func library() throws {
    let texts = Texts()
    _ = try? world(1, texts: texts) { rank in
      try rank.transport.libraryAllReduce(rank.region([1]), count: 1, double: true, group: [0])
    }
    #expect(texts[0] == "all_reduce: mpi: threads have no MPI; choose ring, recursive or tree")
  }
}
