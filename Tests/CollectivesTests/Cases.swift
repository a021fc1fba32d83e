import Collectives
import Testing

/// One kind and algorithm over one number of ranks, for all counts.
struct Case: CustomTestStringConvertible, Sendable {
  var kind: CollectiveKind
  var algorithm: CollectiveAlgorithm
  var ranks: Int

  var testDescription: String { "\(algorithm.rawValue) \(kind.rawValue) over \(ranks)" }

  /// Fewer, as many, more elements than ranks; primes, powers of two and their neighbours.
  static let counts = [0, 1, 2, 3, 5, 7, 16, 17, 33, 64, 100]

  static let all = over(1...16)

  static func over(_ ranks: some Sequence<Int>) -> [Case] {
    ranks.flatMap { ranks in
      CollectiveKind.allCases.flatMap { kind in
        CollectiveAlgorithm.allCases.map { Case(kind: kind, algorithm: $0, ranks: ranks) }
      }
    }
  }

  /// Every root of a broadcast, for every count.
  var schedules: [CollectiveSchedule] {
    Self.counts.flatMap { count in
      (kind == .broadcast ? 0..<ranks : 0..<1).map {
        CollectiveSchedule(kind, algorithm: algorithm, ranks: ranks, count: count, root: $0)
      }
    }
  }
}
