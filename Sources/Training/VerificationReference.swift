import Execution
package import Quantities

package import struct Foundation.Data

/// What kind of tensor is compared, in the order of a step.
package enum ComparedKind: Int, Hashable, Sendable, CaseIterable, Comparable {
  /// Parameters before the first step.
  case start
  case forward, loss, backward, gradient
  /// The norm of the whole gradient.
  case norm
  /// Parameters after the update.
  case parameter

  package static func < (a: ComparedKind, b: ComparedKind) -> Bool { a.rawValue < b.rawValue }

  /// How much of the error budget it may use: nothing before the first step, and a tenth where errors of many values average out.
  var budgetShare: Double {
    switch self {
    case .start: 0
    case .loss, .norm: 0.1
    case .forward, .backward, .gradient, .parameter: 1
    }
  }

  /// Whether it means nothing in a step whose gradients left fp16's range.
  var needsGradients: Bool { [.backward, .gradient, .norm].contains(self) }
}

/// One tensor of a step, whatever the layout.
package struct ComparedTensor: Hashable, Sendable {
  package var kind: ComparedKind
  /// The logical name.
  package var name: String
  /// Index in the global batch of the first sample, of what flows between layers; else 0.
  package var firstSample: Int

  package init(_ kind: ComparedKind, _ name: String, firstSample: Int = 0) {
    (self.kind, self.name, self.firstSample) = (kind, name, firstSample)
  }
}

/// A tensor as one process has it.
package struct ReferenceTensor: Sendable {
  /// Place in the order of the step, among tensors of its kind.
  package var order: Int
  /// [samples, positions, features] of what flows between layers; a parameter's own.
  package var shape: [Int]
  package var bytes: Data
  package var type: ScalarType
  /// What one value is multiplied by: 1 but for gradients of a scaled loss.
  package var factor = 1.0
  /// Size of a value below which errors are not relative to the value.
  package var floor = 0.0
  /// Values that an update may move anywhere, because their gradients are rounding alone; nil for none.
  package var undetermined: [Bool]?
  /// How far it may move them.
  package var slack = 0.0

  package init(order: Int, shape: [Int], bytes: Data, type: ScalarType, factor: Double = 1) {
    (self.order, self.shape, self.bytes, self.type, self.factor) = (order, shape, bytes, type, factor)
  }

  package var count: Int { bytes.count / type.size }

  package func values(_ range: Range<Int>) -> [Double] {
    let start = bytes.startIndex
    let part = bytes[start + range.lowerBound * type.size..<start + range.upperBound * type.size]
    let values = Values.doubles(part, as: type)
    return factor == 1 ? values : values.map { $0 * factor }
  }

  /// √(Σ x² / n).
  package var rootMeanSquare: Double {
    count == 0 ? 0 : (values(0..<count).reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
  }
}

/// A step as one process computes it: immutable, read by all ranks.
package struct ReferenceStep: Sendable {
  /// Counted from 1; 0 is before the first.
  package var step: Int
  package var tensors: [ComparedTensor: ReferenceTensor]
  /// Whether gradients left fp16's range, so that there is none to compare.
  package var overflowed: Bool

  package init(step: Int, tensors: [ComparedTensor: ReferenceTensor], overflowed: Bool = false) {
    (self.step, self.tensors, self.overflowed) = (step, tensors, overflowed)
  }

  /// Whether tensors of a kind are compared in this step.
  package func compares(_ kind: ComparedKind) -> Bool { !(overflowed && kind.needsGradients) }
}
