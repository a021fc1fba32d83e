import Collectives
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("Runs repeat, bit for bit")
struct RepeatabilityTests {
  @Test("The same layout twice gives the same bits on every rank", arguments: [1, 2, 3], ScalarType.floating)
  func sameLayout(dataParallel: Int, type: ScalarType) throws {
    var run = TinyRun.dropping
    (run.precision, run.globalBatch, run.steps) = (PrecisionPlan(type), 12, 4)
    for algorithm in CollectiveAlgorithm.allCases {
      run.allReduce = .schedule(algorithm)
      let (first, second) = (
        try run.train(.data(dataParallel, accumulation: 2)),
        try run.train(.data(dataParallel, accumulation: 2))
      )
      for (a, b) in zip(first, second) {
        let violation = Laws.sameShards(a, b)
        #expect(violation == nil, "\(algorithm)")
      }
      let violation = Laws.sameBits(first[0], second[0])
      #expect(violation == nil, "\(algorithm)")
    }
  }

  @Test("Another seed gives other bits")
  func otherSeed() throws {
    var run = TinyRun()
    let first = try run.train()[0]
    run.seed += 1
    let violation = Laws.sameBits(first, try run.train()[0])
    #expect(violation != nil)
  }

  @Test("Every optimizer trains alike on one rank and on two, and lowers the loss", arguments: optimizers)
  func optimizersAgree(rule: OptimizerRule) throws {
    var run = TinyRun.of(batch: 8, steps: 12)
    (run.optimizer, run.rate) = (rule, rule.testRate)
    let single = try run.train()[0]
    let violation = Laws.sameLosses(try run.train(.data(2)), as: single, within: 1e-9)
    #expect(violation == nil)
    #expect(single.losses.last! < single.losses[0])
  }

  static let optimizers: [OptimizerRule] = [
    .sgd(weightDecay: 0.01), .momentum(nesterov: true), .momentum(dampening: 0.2), .adagrad(), .rmsprop(),
    .rmsprop(momentum: 0.5), .adam(weightDecay: 0.01), .adamw(),
  ]
}

extension ScalarType {
  static let floating: [ScalarType] = [.float32, .float64]
}

extension OptimizerRule {
  /// Steps in proportion to gradients need a large rate; RMSprop's first ones, taken on an average that starts at zero, a small one.
  fileprivate var testRate: Double {
    switch self {
    case .sgd, .momentum: 0.2
    case .adagrad, .adam, .adamw: 5e-3
    case .rmsprop: 5e-4
    }
  }
}
