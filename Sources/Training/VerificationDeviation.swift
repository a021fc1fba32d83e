/// How far one rank's part of a tensor is from what one process has.
package struct Deviation: Hashable, Sendable {
  package var tensor: ComparedTensor
  /// Counted from 1; 0 is before the first.
  package var step: Int
  /// The tensor's place among those of its kind, in the order of the step.
  package var order: Int
  /// Nil for a tensor that no rank has.
  package var rank: Int?
  package var error, budget: Double
  /// Values compared.
  package var count: Int
  package var worst: Worst?
  /// What is wrong where there is no value to show.
  package var note: String?

  /// The value that is furthest off.
  package struct Worst: Hashable, Sendable {
    /// In words: sample, position and feature, or the logical index.
    package var place: String
    package var value, reference: Double

    package init(place: String, value: Double, reference: Double) {
      (self.place, self.value, self.reference) = (place, value, reference)
    }
  }

  package init(
    _ tensor: ComparedTensor, step: Int, order: Int, rank: Int?, error: Double, budget: Double, count: Int,
    worst: Worst? = nil, note: String? = nil
  ) {
    (self.tensor, self.step, self.order, self.rank) = (tensor, step, order, rank)
    (self.error, self.budget, self.count, self.worst, self.note) = (error, budget, count, worst, note)
  }

  package var leavesBudget: Bool { !(error <= budget) }

  /// Whether another deviation is of the same tensor, in whatever micro-batch.
  package func concernsSame(as other: Deviation) -> Bool {
    step == other.step && tensor.kind == other.tensor.kind && tensor.name == other.tensor.name
  }

  /// In the order of the program; of one tensor, the largest error first.
  package static func isEarlier(_ a: Deviation, _ b: Deviation) -> Bool {
    let (left, right) = ((a.step, a.tensor.kind, a.order), (b.step, b.tensor.kind, b.order))
    return left == right ? a.error > b.error : left < right
  }
}

extension Deviation {
  /// Where in a tensor the value at `index` is.
  package static func place(of index: Int, in shape: [Int], of tensor: ComparedTensor) -> String {
    var rest = index
    let places = shape.reversed().map { size in
      defer { rest /= size }
      return rest % size
    }
    guard [.forward, .backward].contains(tensor.kind) else { return "[" + places.reversed().list + "]" }
    return "sample \(tensor.firstSample + places[2]), position \(places[1]), feature \(places[0])"
  }
}

extension Deviation.Worst {
  init(_ worst: Comparison.Worst, in shape: [Int], of tensor: ComparedTensor) {
    place = Deviation.place(of: worst.index, in: shape, of: tensor)
    (value, reference) = (worst.value, worst.reference)
  }
}

extension Sequence<Int> {
  fileprivate var list: String { map(String.init).joined(separator: ", ") }
}
