import Program
import Quantities

/// What an optimizer step updates.
struct OptimizerTensor {
  var rule: OptimizerRule
  var count: Int
  var guarded: Bool
  var gradient, type: ScalarType

  init(_ rule: OptimizerRule, _ count: Int, _ guarded: Bool, _ gradient: ScalarType, _ type: ScalarType) {
    (self.rule, self.count, self.guarded, self.gradient, self.type) = (rule, count, guarded, gradient, type)
  }
}

extension Lowering {
  /// One pass, or one for every function of the rule; then a guarded step first divides the gradient by the loss scale in place,
  /// and a gradient of another type is first cast.
  func optimizerStep(_ operation: Operation, _ tensor: OptimizerTensor) -> [LoweredKernel] {
    let whole = single(operation, special: tensor.rule.isAdaptive ? 2 : 0)
    guard optimizer != .fused else { return [whole] }
    let (count, gradient) = (tensor.count, tensor.gradient)
    let before =
      (tensor.guarded ? [LoweredKernel.pass("unscale", count, reads: 1, gradient)] : [])
      + casts(count, gradient, to: tensor.type)
    let passes = before + tensor.rule.passes.map { $0.kernel(count, tensor.type) }
    return passes.count == 1 ? [whole] : passes
  }

  /// Eager: total norm, + 1e-6, maximum divided by it, clamp.
  func clipCoefficient(_ operation: Operation) -> [LoweredKernel] {
    guard fusion == .eager, case .clipCoefficient(let partials, _) = operation else { return [single(operation)] }
    let total = Traffic(read: (partials + 1) * ScalarType.float64.size, written: ScalarType.float64.size)
    return [.stream("total-norm", partials, total, operations: 1)]
      + ["add", "div", "clamp"].map { .pass($0, 1, reads: 1, .float64) }
  }
}

extension OptimizerRule {
  /// Whether it divides by a root of squared gradients.
  fileprivate var isAdaptive: Bool {
    switch self {
    case .sgd, .momentum: false
    case .adagrad, .rmsprop, .adam, .adamw: true
    }
  }

  /// PyTorch's functions over lists of tensors, each of which writes one of them. AdamW makes 8, which move 80 bytes a fp32
  /// parameter where one pass moves 28.
  ///
  /// - Source: PyTorch 2.x, `torch/optim/*.py`, `_multi_tensor_…` without `capturable`.
  fileprivate var passes: [EagerPass] {
    let root = [EagerPass("sqrt", special: 1), EagerPass("add")]
    switch self {
    case .sgd(let decay): return decays(decay) + [EagerPass("add", 2)]
    case .momentum(_, _, let nesterov, let decay):
      return decays(decay) + [EagerPass("mul"), EagerPass("add", 2)] + (nesterov ? [EagerPass("add", 2)] : [])
        + [EagerPass("add", 2)]
    case .adagrad(_, let decay):
      return decays(decay) + [EagerPass("addcmul", 2, operations: 2)] + root
        + [EagerPass("mul"), EagerPass("addcdiv", 3, operations: 3, special: 1)]
    case .rmsprop(_, _, let momentum, let decay):
      let update = EagerPass("addcdiv", 3, operations: 3, special: 1)
      return decays(decay) + [EagerPass("mul"), EagerPass("addcmul", 2, operations: 2)] + root
        + (momentum > 0 ? [EagerPass("mul"), update, EagerPass("add", 2)] : [update])
    case .adam(_, _, _, let decay): return decays(decay) + adam
    case .adamw(_, _, _, let decay): return (decay == 0 ? [] : [EagerPass("mul")]) + adam
    }
  }

  /// Decay that is added to the gradient.
  private func decays(_ factor: Double) -> [EagerPass] { factor == 0 ? [] : [EagerPass("add", 2)] }

  /// First moment; second moment; its root, corrected, + ε; the update.
  private var adam: [EagerPass] {
    [
      EagerPass("lerp", 2, operations: 3), EagerPass("mul"), EagerPass("addcmul", 2, operations: 3),
      EagerPass("sqrt", special: 1), EagerPass("div"), EagerPass("add"),
      EagerPass("addcdiv", 3, operations: 3, special: 1),
    ]
  }
}
