import Program
import Quantities

/// A kernel of an eager framework: a function's name, how many tensors it reads, and whether it is a special function.
struct EagerPass {
  var name: String
  var reads, operations, special: Int

  init(_ name: String, _ reads: Int = 1, operations: Int = 1, special: Int = 0) {
    (self.name, self.reads, self.operations, self.special) = (name, reads, operations, special)
  }

  func kernel(_ count: Int, _ type: ScalarType) -> LoweredKernel {
    .pass(name, count, reads: reads, type, operations: operations, special: special)
  }
}

extension Activation {
  /// Exponentials and reciprocals a value.
  var specialFunctions: Int { self == .relu ? 0 : 2 }

  /// Kernels forward. PyTorch has ReLU, GELU and SiLU as one kernel; Hugging Face writes out `gelu_new` and `quick_gelu`:
  ///
  ///     0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))        x·sigmoid(1.702·x)
  ///
  /// - Source: transformers, `activations.py`, `NewGELUActivation` and `QuickGELUActivation`.
  var forward: [EagerPass] {
    switch self {
    case .relu: [EagerPass("relu")]
    case .gelu, .silu: [EagerPass(rawValue, operations: 8, special: 2)]
    case .geluTanh:
      [
        EagerPass("mul"), EagerPass("pow", operations: 2), EagerPass("mul"), EagerPass("add", 2), EagerPass("mul"),
        EagerPass("tanh", operations: 4, special: 2), EagerPass("add"), EagerPass("mul", 2),
      ]
    case .quickGELU: [EagerPass("mul"), EagerPass("sigmoid", operations: 4, special: 2), EagerPass("mul", 2)]
    }
  }

  /// Kernels backward. Autograd differentiates every function by itself, and adds up the gradients of a value that several read.
  var backward: [EagerPass] {
    switch self {
    case .relu: [EagerPass("relu-backward", 2)]
    case .gelu, .silu: [EagerPass("\(rawValue)-backward", 2, operations: 12, special: 2)]
    case .geluTanh:
      [
        EagerPass("mul", 2), EagerPass("mul", 2), EagerPass("tanh-backward", 2, operations: 3), EagerPass("mul"),
        EagerPass("mul"), EagerPass("pow"), EagerPass("mul"), EagerPass("mul", 2), EagerPass("add", 2),
        EagerPass("mul"), EagerPass("add", 2),
      ]
    case .quickGELU:
      [
        EagerPass("mul", 2), EagerPass("mul", 2), EagerPass("sigmoid-backward", 2, operations: 3), EagerPass("mul"),
        EagerPass("add", 2),
      ]
    }
  }
}
