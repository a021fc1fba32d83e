/// How far values are from a reference, added up piece by piece.
package struct Comparison: Sendable {
  /// Values so far.
  package private(set) var count = 0
  /// The value that is furthest off, by its index in the whole tensor.
  package private(set) var worst: Worst?
  private var difference = 0.0
  private var reference = 0.0
  private var largest = -1.0

  package struct Worst: Hashable, Sendable {
    package var index: Int
    package var value, reference: Double

    package init(index: Int, value: Double, reference: Double) {
      (self.index, self.value, self.reference) = (index, value, reference)
    }
  }

  package init() {}

  /// - Parameters:
  ///   - index: place of the first value in the whole tensor.
  ///   - slack: by how much the value at an index may be off without counting.
  package mutating func add(
    _ values: some Collection<Double>, _ expected: some Collection<Double>, at index: Int,
    slack: (_ index: Int) -> Double = { _ in 0 }
  ) {
    precondition(values.count == expected.count, "\(values.count) values beside \(expected.count)")
    for (place, (own, other)) in zip(index..., zip(values, expected)) {
      let distance = Comparison.distance(own, other, slack: slack(place))
      difference += distance * distance
      reference += other * other
      guard distance > largest else { continue }
      (largest, worst) = (distance, Worst(index: place, value: own, reference: other))
    }
    count += values.count
  }

  /// What is not a number is infinitely far from everything, itself too.
  private static func distance(_ value: Double, _ reference: Double, slack: Double) -> Double {
    if value == reference { return 0 }
    let distance = abs(value - reference)
    return distance.isNaN ? .infinity : max(0, distance - slack)
  }

  /// ‖Δ‖ / max(‖reference‖, √n · floor).
  ///
  /// - Parameter floor: size of a value below which differences are not relative to the value: what is zero but for rounding has no
  ///   relative error.
  package func error(floor: Double) -> Double {
    guard difference > 0 else { return 0 }
    let error = difference.squareRoot() / max(reference, Double(count) * floor * floor).squareRoot()
    return error.isNaN ? .infinity : error
  }
}
