import Kernels
import Program

extension OptimizerRule {
  /// The loop that carries out the rule.
  var loop: OptimizerLoop {
    switch self {
    case .sgd(let decay): .sgd(decay: decay)
    case .momentum(let momentum, let dampening, let nesterov, let decay):
      .momentum(momentum: momentum, dampening: dampening, nesterov: nesterov, decay: decay)
    case .adagrad(let epsilon, let decay): .adagrad(epsilon: epsilon, decay: decay)
    case .rmsprop(let alpha, let epsilon, let momentum, let decay):
      .rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum, decay: decay)
    case .adam(let beta1, let beta2, let epsilon, let decay):
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, decoupled: false)
    case .adamw(let beta1, let beta2, let epsilon, let decay):
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, decoupled: true)
    }
  }
}
