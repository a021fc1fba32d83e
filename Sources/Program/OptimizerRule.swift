/// Which update an optimizer makes, with its constants: PyTorch's semantics and defaults.
///
/// Weight decay is added to the gradient (L2), except for `adamw`, which shrinks the parameter itself.
///
/// - Source: PyTorch 2.x, `torch.optim`.
package enum OptimizerRule: Hashable, Sendable, Codable {
  /// p ← p − lr·g.
  case sgd(weightDecay: Double = 0)
  /// Heavy ball, or Nesterov's look-ahead. The buffer starts as the first gradient, undampened. Sutskever et al. 2013.
  case momentum(momentum: Double = 0.9, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0)
  /// Duchi et al. 2011. The sum of squares starts at zero; no decay of the learning rate.
  case adagrad(epsilon: Double = 1e-10, weightDecay: Double = 0)
  /// Hinton's lecture 6e, 2012; not centred.
  case rmsprop(alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0)
  /// Kingma & Ba 2014, arXiv:1412.6980.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
  /// Loshchilov & Hutter 2017, arXiv:1711.05101.
  case adamw(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)
}

extension OptimizerRule {
  /// What is kept per parameter from step to step, under PyTorch's names, in the order in which kernels take it.
  package var stateNames: [String] {
    switch self {
    case .sgd: []
    case .momentum: ["momentum_buffer"]
    case .adagrad: ["sum"]
    case .rmsprop(_, _, let momentum, _): momentum > 0 ? ["square_avg", "momentum_buffer"] : ["square_avg"]
    case .adam, .adamw: ["exp_avg", "exp_avg_sq"]
    }
  }

  /// Values kept per parameter.
  package var stateCount: Int { stateNames.count }

  /// The same rule without weight decay: for biases and norms.
  package var withoutDecay: OptimizerRule {
    switch self {
    case .sgd: .sgd(weightDecay: 0)
    case .momentum(let momentum, let dampening, let nesterov, _):
      .momentum(momentum: momentum, dampening: dampening, nesterov: nesterov, weightDecay: 0)
    case .adagrad(let epsilon, _): .adagrad(epsilon: epsilon, weightDecay: 0)
    case .rmsprop(let alpha, let epsilon, let momentum, _):
      .rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum, weightDecay: 0)
    case .adam(let beta1, let beta2, let epsilon, _):
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
    case .adamw(let beta1, let beta2, let epsilon, _):
      .adamw(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
    }
  }
}
