/// A choice of combinations in which every pair of values of two factors occurs, if it can occur at all: faults mostly need two
/// settings to meet, and pairs are far fewer than combinations.
///
/// - Source: Cohen et al. 1997, "The AETG system", IEEE TSE 23(7):437–444; ties are broken by use and then by order, never by chance.
package struct Pairwise: Sendable {
  /// A rule about some factors: which of their values go together.
  package struct Rule: Sendable {
    package var factors: [Int]
    package var allows: @Sendable ([Int]) -> Bool

    package init(_ factors: Int..., allows: @escaping @Sendable ([Int]) -> Bool) {
      (self.factors, self.allows) = (factors, allows)
    }
  }

  /// Two values of two factors, the lower factor first.
  package struct Pair: Hashable, Sendable {
    package var factors: [Int]
    package var values: [Int]
  }

  /// How many values each factor has.
  package let levels: [Int]
  private let rules: [Rule]

  package init(_ levels: [Int], rules: [Rule]) { (self.levels, self.rules) = (levels, rules) }

  /// All pairs, whether they can occur or not, in order.
  package var pairs: [Pair] {
    levels.indices.flatMap { first in
      levels.indices.dropFirst(first + 1).flatMap { second in
        (0..<levels[first]).flatMap { own in
          (0..<levels[second]).map { Pair(factors: [first, second], values: [own, $0]) }
        }
      }
    }
  }

  package func pairs(in row: [Int]) -> [Pair] {
    row.indices.flatMap { first in
      row.indices.dropFirst(first + 1).map { Pair(factors: [first, $0], values: [row[first], row[$0]]) }
    }
  }

  /// A combination that contains the pair and breaks no rule; nil where there is none.
  package func row(with pair: Pair) -> [Int]? {
    complete(with: pair) { _, _, _ in 0 }
  }

  /// Pairs that occur in no row.
  package func missing(from rows: some Sequence<[Int]>) -> [Pair] {
    let found = Set(rows.flatMap(pairs(in:)))
    return pairs.filter { !found.contains($0) }
  }

  /// Every combination that breaks no rule.
  package func allRows() -> [[Int]] {
    var rows: [[Int?]] = [levels.map { _ in nil }]
    for factor in levels.indices {
      rows = rows.flatMap { row in
        (0..<levels[factor]).compactMap { value in
          var longer = row
          longer[factor] = value
          return isAllowed(longer, about: factor) ? longer : nil
        }
      }
    }
    return rows.map { $0.map { $0! } }
  }

  /// The combinations, one value of every factor in each.
  package func rows() -> [[Int]] {
    var (missing, rows) = (Set(pairs), [[Int]]())
    var uses = levels.map { Array(repeating: 0, count: $0) }
    for pair in pairs where missing.contains(pair) {
      let row = complete(with: pair) { factor, value, partial in
        let gain = partial.indices.count { other in
          guard let chosen = partial[other], other != factor else { return false }
          let (low, high) = other < factor ? ((other, chosen), (factor, value)) : ((factor, value), (other, chosen))
          return missing.contains(Pair(factors: [low.0, high.0], values: [low.1, high.1]))
        }
        return 1_000_000 * gain - uses[factor][value]
      }
      missing.remove(pair)
      guard let row else { continue }
      missing.subtract(pairs(in: row))
      for (factor, value) in row.enumerated() { uses[factor][value] += 1 }
      rows.append(row)
    }
    return rows
  }
}

extension Pairwise {
  /// Fills in the other factors one by one, the best value first; goes back where a rule is broken.
  private func complete(
    with pair: Pair, score: (_ factor: Int, _ value: Int, _ partial: [Int?]) -> Int
  ) -> [Int]? {
    var partial: [Int?] = levels.map { _ in nil }
    for (factor, value) in zip(pair.factors, pair.values) { partial[factor] = value }
    return isAllowed(partial) && fill(0, &partial, score) ? partial.map { $0! } : nil
  }

  private func fill(
    _ factor: Int, _ partial: inout [Int?], _ score: (_ factor: Int, _ value: Int, _ partial: [Int?]) -> Int
  ) -> Bool {
    guard factor < levels.count else { return true }
    guard partial[factor] == nil else { return fill(factor + 1, &partial, score) }
    let scores = (0..<levels[factor]).map { score(factor, $0, partial) }
    for value in scores.indices.sorted(by: { (-scores[$0], $0) < (-scores[$1], $1) }) {
      partial[factor] = value
      if isAllowed(partial, about: factor) && fill(factor + 1, &partial, score) { return true }
    }
    partial[factor] = nil
    return false
  }

  private func isAllowed(_ partial: [Int?], about factor: Int? = nil) -> Bool {
    rules.allSatisfy { rule in
      if let factor, !rule.factors.contains(factor) { return true }
      let values = rule.factors.compactMap { partial[$0] }
      return values.count < rule.factors.count || rule.allows(values)
    }
  }
}
