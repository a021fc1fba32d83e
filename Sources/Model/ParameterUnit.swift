package import Execution
import Mesh

/// Names a parameter of its unit.
package struct ParameterID: Hashable, Sendable {
  fileprivate var index: Int
}

/// Parameters that live in one flat buffer: a layer, a table, the head. What decays lies before what does not, and within each what
/// tensor-parallel ranks cut before what all of them hold: an optimizer, a norm and a sum treat each in one stroke.
package struct ParameterUnit: Sendable {
  package let name: String
  package let partition: TensorPartition
  /// Whether another unit holds the same parameters: the copy of a tied table at the other end of a pipeline.
  package let isCopy: Bool
  package private(set) var parameters: [ParameterSpec] = []
  /// Where each parameter's part lies in the flat buffer, in the order of `parameters`.
  package private(set) var ranges: [Range<Int>] = []

  package init(_ name: String, _ partition: TensorPartition = .whole, isCopy: Bool = false) {
    (self.name, self.partition, self.isCopy) = (name, partition, isCopy)
  }

  package mutating func add(_ parameter: ParameterSpec) -> ParameterID {
    parameters.append(parameter)
    ranges = placed()
    return ParameterID(index: parameters.count - 1)
  }

  /// Values that this rank holds.
  package var count: Int { ranges.map(\.upperBound).max() ?? 0 }
  /// Values, from the first, that weight decay applies to.
  package var decayedCount: Int { count { $0.decays } }

  /// Ranges of the flat buffer that every tensor-parallel rank holds alike, and those of which each holds its part.
  package var replicated: [Range<Int>] { classes.filter { $0.isReplicated && !$0.range.isEmpty }.map(\.range) }
  package var cut: [Range<Int>] { classes.filter { !$0.isReplicated && !$0.range.isEmpty }.map(\.range) }

  private var classes: [(range: Range<Int>, isReplicated: Bool)] {
    var start = 0
    return [(true, false), (true, true), (false, false), (false, true)].map { decays, isReplicated in
      let size = count { $0.decays == decays && $0.sharding.isReplicated == isReplicated }
      defer { start += size }
      return (start..<start + size, isReplicated)
    }
  }

  private func count(_ belongs: (ParameterSpec) -> Bool) -> Int {
    parameters.filter(belongs).reduce(0) { $0 + $1.localCount(partition) }
  }

  private func placed() -> [Range<Int>] {
    let group = { (spec: ParameterSpec) in (spec.decays ? 0 : 2) + (spec.sharding.isReplicated ? 1 : 0) }
    var next = [0, 0, 0, 0]
    for spec in parameters {
      for later in group(spec) + 1..<5 where later < 4 { next[later] += spec.localCount(partition) }
    }
    return parameters.map { spec in
      let start = next[group(spec)]
      next[group(spec)] += spec.localCount(partition)
      return start..<next[group(spec)]
    }
  }
}

/// The values of a unit's parameters.
package struct Parameters {
  package let view: TensorView
  private let ranges: [Range<Int>]

  package init(_ unit: ParameterUnit, _ view: TensorView) {
    precondition(view.count == unit.count, "\(unit.name) has \(unit.count) values, not \(view.count)")
    (self.view, ranges) = (view, unit.ranges)
  }

  package subscript(id: ParameterID) -> TensorView { view[ranges[id.index]] }

  /// Parameters that were added one after the other, as one matrix.
  package subscript(ids: [ParameterID]) -> TensorView {
    for (id, next) in zip(ids, ids.dropFirst()) {
      precondition(ranges[id.index].upperBound == ranges[next.index].lowerBound, "parameters that do not adjoin")
    }
    return view[ranges[ids.first!.index].lowerBound..<ranges[ids.last!.index].upperBound]
  }
}

/// Where a unit's gradients go. Each parameter's first gradient sets what is there, every later one is added to it.
package struct Gradients {
  private let values: Parameters
  private let progress: GradientProgress

  package init(_ unit: ParameterUnit, _ view: TensorView, _ progress: GradientProgress) {
    (values, self.progress) = (Parameters(unit, view), progress)
  }

  /// The place of a gradient, and whether one is there already; afterwards one is.
  package func next(_ ids: [ParameterID]) -> (view: TensorView, accumulate: Bool) {
    (values[ids], progress.enter(ids))
  }

  package func next(_ id: ParameterID) -> (view: TensorView, accumulate: Bool) { next([id]) }
}

/// Which parameters of a unit have a gradient since the buffer was begun.
package final class GradientProgress {
  private var written: Set<ParameterID> = []

  package init() {}

  package func reset() { written = [] }

  fileprivate func enter(_ ids: [ParameterID]) -> Bool {
    let known = written.contains(ids[0])
    written.formUnion(ids)
    return known
  }
}

/// Lends the parameters of each unit while a pass needs them.
package protocol ParameterSource: AnyObject {
  /// A pass will use these units, one after the other; a unit that occurs twice stays in between.
  func begin(_ order: [Int]) throws
  /// The next unit's parameters, to be given back by `release`.
  func parameters(of unit: Int) throws -> Parameters
  func release(_ unit: Int)
}

/// Takes the gradients of each unit. A unit's memory exists from its first gradient on.
package protocol GradientSink: AnyObject {
  func gradients(of unit: Int) -> Gradients
  /// No more gradients of this unit will come in this micro-batch.
  func finished(_ unit: Int) throws
}
