internal import Program

extension Reader {
  /// The update rule; keys that it does not use are mistakes.
  mutating func readOptimizer() -> OptimizerRule {
    let type = read(Keys.optimizerType)
    let rule = completed(type.defaults)
    refuseUnread(
      of: Keys.optimizerSection.filter { $0.name != Keys.learningRate.name },
      because: "is not used by optimizer.type \(type.rawValue)", choice: Keys.optimizerType.name)
    return rule
  }

  /// A rule's defaults, replaced by what is given.
  private mutating func completed(_ rule: OptimizerRule) -> OptimizerRule {
    switch rule {
    case .sgd(let decay): .sgd(weightDecay: read(Keys.weightDecay, else: decay))
    case .momentum(let momentum, let dampening, let nesterov, let decay):
      checked(
        .momentum(
          momentum: read(Keys.momentum, else: momentum), dampening: read(Keys.dampening, else: dampening),
          nesterov: read(Keys.nesterov, else: nesterov), weightDecay: read(Keys.weightDecay, else: decay)))
    case .adagrad(let epsilon, let decay):
      .adagrad(epsilon: read(Keys.epsilon, else: epsilon), weightDecay: read(Keys.weightDecay, else: decay))
    case .rmsprop(let alpha, let epsilon, let momentum, let decay):
      .rmsprop(
        alpha: read(Keys.alpha, else: alpha), epsilon: read(Keys.epsilon, else: epsilon),
        momentum: read(Keys.momentum, else: momentum), weightDecay: read(Keys.weightDecay, else: decay))
    case .adam(let beta1, let beta2, let epsilon, let decay):
      adam(read(Keys.betas, else: [beta1, beta2]), epsilon, decay) {
        .adam(beta1: $0, beta2: $1, epsilon: $2, weightDecay: $3)
      }
    case .adamw(let beta1, let beta2, let epsilon, let decay):
      adam(read(Keys.betas, else: [beta1, beta2]), epsilon, decay) {
        .adamw(beta1: $0, beta2: $1, epsilon: $2, weightDecay: $3)
      }
    }
  }

  private mutating func adam(
    _ betas: [Double], _ epsilon: Double, _ decay: Double, _ make: (Double, Double, Double, Double) -> OptimizerRule
  ) -> OptimizerRule {
    make(betas[0], betas[1], read(Keys.epsilon, else: epsilon), read(Keys.weightDecay, else: decay))
  }

  /// Nesterov's step is defined with momentum and without dampening; PyTorch refuses the rest too.
  private mutating func checked(_ rule: OptimizerRule) -> OptimizerRule {
    if case .momentum(let momentum, let dampening, true, _) = rule, momentum == 0 || dampening != 0 {
      complain(Keys.nesterov.name, because: "needs a momentum above 0 and no dampening", hint: "set nesterov to false")
    }
    return rule
  }
}

extension OptimizerType {
  /// The rule with PyTorch's defaults.
  fileprivate var defaults: OptimizerRule {
    switch self {
    case .sgd: .sgd()
    case .momentum: .momentum()
    case .adagrad: .adagrad()
    case .rmsprop: .rmsprop()
    case .adam: .adam()
    case .adamw: .adamw()
    }
  }
}
