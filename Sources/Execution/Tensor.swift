package import Program
package import Quantities

/// Memory on a device, owned: it is freed when its owner lets go, so lifetimes are rules of the language.
package struct Tensor: ~Copyable {
  package let spec: TensorSpec
  package let category: MemoryCategory
  private let id: BufferID
  private let executor: Executor

  init(id: BufferID, spec: TensorSpec, category: MemoryCategory, executor: Executor) {
    (self.id, self.spec, self.category, self.executor) = (id, spec, category, executor)
  }

  deinit { executor.free(id, spec, category) }

  /// All of it, to be read or written while the owner lives.
  package var view: TensorView { TensorView(operand: Operand(id), count: spec.count, type: spec.type) }

  package var count: Int { spec.count }
}

/// Values that somebody else owns.
package struct TensorView: Hashable, Sendable {
  package var operand: Operand
  package var count: Int
  package var type: ScalarType

  /// The values `range`, counted from the view's first.
  package subscript(range: Range<Int>) -> TensorView {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) is not in a view of \(count) values")
    return TensorView(
      operand: Operand(operand.buffer, offset: operand.offset + range.lowerBound), count: range.count, type: type)
  }
}
