import Foundation
package import NetworkModel

/// Fits network constants to measurements: those of each family of links to the rows of single nodes, then those of each network to the
/// rows of several.
///
/// The cost is the mean of |predicted / measured - 1|, of which one row can add no more than 0.5 and a row of 16 MiB or more counts
/// twice, and of the constants' squared distance from where the fit began. Constants that the start does not name are not moved.
package struct CollectiveFit {
  private var constants: NetworkConstants
  private let samples: [CollectiveMeasurement]

  /// Rows that a family needs before its constants are moved.
  package static let fewest = 5
  private static let priorWeight = 0.05

  package init(start: NetworkConstants, _ samples: [CollectiveMeasurement]) {
    (constants, self.samples) = (start, samples)
  }

  /// - Parameter report: told what is being fitted.
  package func fitted(_ report: (String) -> Void = { _ in }) throws(NetworkError) -> NetworkConstants {
    var fit = self
    let alone = samples.filter { $0.interconnect.network == nil }
    for (family, rows) in alone.grouped(by: \.usedLink.rawValue) {
      try fit.move(\.links, family, rows, report)
    }
    let between = samples.filter { $0.interconnect.network != nil }
    for (family, rows) in between.grouped(by: { $0.interconnect.network!.family.rawValue }) {
      try fit.move(\.networks, family, rows, report)
    }
    return fit.constants
  }

  private mutating func move(
    _ part: WritableKeyPath<NetworkConstants, [String: NetworkConstants.Tables]>, _ family: String,
    _ rows: [CollectiveMeasurement], _ report: (String) -> Void
  ) throws(NetworkError) {
    guard rows.count >= Self.fewest, let start = constants[keyPath: part][family] else { return }
    report("\(family): \(rows.count) rows")
    let search = ConstantSearch(start)
    let (weight, base) = (Self.priorWeight / Double(rows.count), constants)
    let found = search.minimum { values in
      var moved = base
      moved[keyPath: part][family] = search.tables(values)
      return CollectiveFit.cost(rows, moved) + weight * search.distance(values)
    }
    constants[keyPath: part][family] = search.tables(found)
  }

  private static func cost(_ rows: [CollectiveMeasurement], _ constants: NetworkConstants) -> Double {
    var judge = CollectiveJudge(constants)
    var (sum, weights) = (0.0, 0.0)
    for row in rows {
      guard let judgement = try? judge.judge(row) else { return .infinity }
      let weight = row.isLarge ? 2.0 : 1
      sum += weight * min(abs(judgement.error), 0.5)
      weights += weight
    }
    return sum / weights
  }
}

extension CollectiveMeasurement {
  fileprivate var usedLink: NodeLink.Family {
    request.ranks == 2 ? (interconnect.bridge ?? interconnect.link).family : interconnect.link.family
  }
}

/// One family's tables as a vector, in the units of the file.
private struct ConstantSearch {
  private let names: [(table: String, constant: String)]
  private let values: [Double]
  private let pattern: PatternSearch
  private let widths: [Double]

  init(_ tables: NetworkConstants.Tables) {
    names = tables.keys.sorted().flatMap { table in tables[table]!.keys.sorted().map { (table, $0) } }
    values = names.map { tables[$0.table]![$0.constant]! }
    let parameters = names.map { name in PathConstants.parameters.first { $0.name == name.constant }! }
    widths = parameters.map(\.width)
    pattern = PatternSearch(
      widths: widths, ranges: parameters.map { $0.range.lowerBound / $0.unit...$0.range.upperBound / $0.unit })
  }

  /// The best of several descents, each from a little beside the best so far: which protocol a row takes changes by jumps, so a descent
  /// along one constant at a time ends in the nearest of many hollows.
  func minimum(_ cost: ([Double]) -> Double) -> [Double] {
    var best = pattern.minimum(from: values, cost)
    var least = cost(best)
    for hop in 0..<Self.hops {
      let next = pattern.minimum(from: beside(best, hop), cost)
      let value = cost(next)
      if value < least { (best, least) = (next, value) }
    }
    return best
  }

  private static let hops = 8

  /// Each constant half a standard deviation up or down, the same in every run.
  private func beside(_ point: [Double], _ hop: Int) -> [Double] {
    point.indices.map { index in
      let sign = (stableHash("\(hop) \(index)") >> 40) & 1 == 0 ? 0.5 : -0.5
      let (low, high) = (pattern.ranges[index].lowerBound, pattern.ranges[index].upperBound)
      return min(max(point[index] * exp(sign * widths[index]), low), high)
    }
  }

  func tables(_ values: [Double]) -> NetworkConstants.Tables {
    var result: NetworkConstants.Tables = [:]
    for (name, value) in zip(names, values) { result[name.table, default: [:]][name.constant] = value }
    return result
  }

  /// From the start, squared, in standard deviations; what is 0 stays 0.
  func distance(_ moved: [Double]) -> Double {
    var sum = 0.0
    for index in values.indices where values[index] > 0 {
      let distance = log(moved[index] / values[index]) / widths[index]
      sum += distance * distance
    }
    return sum
  }
}
