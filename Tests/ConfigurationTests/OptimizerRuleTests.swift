import Program
import Testing

@Suite struct OptimizerRuleTests {
  @Test(
    "a rule keeps PyTorch's state, and loses only its decay",
    arguments: [
      (OptimizerRule.sgd(weightDecay: 0.1), [], OptimizerRule.sgd()),
      (
        .momentum(momentum: 0.8, nesterov: true, weightDecay: 0.1), ["momentum_buffer"],
        .momentum(momentum: 0.8, nesterov: true)
      ),
      (.adagrad(weightDecay: 0.1), ["sum"], .adagrad()), (.rmsprop(weightDecay: 0.1), ["square_avg"], .rmsprop()),
      (.rmsprop(momentum: 0.5, weightDecay: 0.1), ["square_avg", "momentum_buffer"], .rmsprop(momentum: 0.5)),
      (.adam(beta1: 0.5, weightDecay: 0.1), ["exp_avg", "exp_avg_sq"], .adam(beta1: 0.5)),
      (.adamw(beta2: 0.5), ["exp_avg", "exp_avg_sq"], .adamw(beta2: 0.5, weightDecay: 0)),
    ] as [(OptimizerRule, [String], OptimizerRule)])
  func rules(_ rule: OptimizerRule, names: [String], without: OptimizerRule) {
    #expect(rule.stateNames == names && rule.stateCount == names.count && rule.withoutDecay == without)
  }
}
