import Program
import Quantities

extension Lowering {
  /// Eager: dropout and addition are a kernel each.
  func residual(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager else { return [single(operation)] }
    switch operation {
    case .residualAdd(let rows, let columns, _?, let type):
      return [dropout(rows * columns, type), .pass("add", rows * columns, reads: 2, type)]
    case .dropoutBackward(let rows, let columns, _, let type): return [dropoutBackward(rows * columns, type)]
    default: return [single(operation)]
    }
  }

  /// Writes a mask of one byte a value beside its result (`aten::native_dropout`).
  func dropout(_ count: Int, _ type: ScalarType) -> LoweredKernel {
    .stream("dropout", count, Traffic(read: count * type.size, written: count * (type.size + 1)), operations: 2)
  }

  /// dx = dy ∘ mask / (1 − p), which reads the mask.
  func dropoutBackward(_ count: Int, _ type: ScalarType) -> LoweredKernel {
    .stream("dropout-backward", count, Traffic(read: count * (type.size + 1), written: count * type.size))
  }

  func activation(_ operation: Operation) -> [LoweredKernel] {
    switch (operation, fusion) {
    case (.activation(let function, let count, let type), .eager):
      return function.forward.map { $0.kernel(count, type) }
    case (.activationBackward(let function, let count, let type), .eager):
      return function.backward.map { $0.kernel(count, type) }
    case (.activation(let function, _, _), _):
      return [single(operation, named: function.rawValue, special: function.specialFunctions)]
    case (.activationBackward(let function, _, _), _):
      return [single(operation, named: "\(function.rawValue)-backward", special: function.specialFunctions)]
    default: preconditionFailure("\(operation.name) is no activation")
    }
  }

  /// Eager: the function of the gate, then a product. Backward, a product for either factor, then the function's gradient.
  func gatedActivation(_ operation: Operation) -> [LoweredKernel] {
    let product = EagerPass("mul", 2)
    switch (operation, fusion) {
    case (.gatedActivation(let function, let rows, let columns, let type), .eager):
      return (function.forward + [product]).map { $0.kernel(rows * columns, type) }
    case (.gatedActivationBackward(let function, let rows, let columns, let type), .eager):
      return ([product, product] + function.backward).map { $0.kernel(rows * columns, type) }
    case (.gatedActivation(let function, _, _, _), _), (.gatedActivationBackward(let function, _, _, _), _):
      return [single(operation, special: function.specialFunctions)]
    default: preconditionFailure("\(operation.name) is no gated activation")
    }
  }

  /// Eager, for queries and for keys: x·cos, the halves exchanged (one of them negated, both copied), the copy times sin, the sum.
  /// Backward, either half is copied into zeros of its own, and the two are added.
  func rotary(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .rotary(let s, let inverse, let type) = operation else { return [single(operation)] }
    return [s.heads, s.keyValueHeads].flatMap { heads in
      let values = s.rows * heads * s.headSize
      let half = LoweredKernel.pass("neg", values / 2, reads: 1, type)
      let product = LoweredKernel.pass("mul", values, reads: 1, type)
      let sum = LoweredKernel.pass("add", values, reads: 2, type)
      let placed = [
        LoweredKernel.pass("zeros", values, reads: 0, type, operations: 0), .copy("rotate-half", values / 2, type),
      ]
      return inverse
        ? [product, half] + placed + placed + [sum, product, sum]
        : [product, half, .copy("rotate-half", values, type), product, sum]
    }
  }
}
