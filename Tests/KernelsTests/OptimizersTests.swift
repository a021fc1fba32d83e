import Foundation
import Kernels
import Quantities
import Testing

@Suite("Optimizers")
struct OptimizersTests {
  /// One parameter's life under an optimizer, line by line as in PyTorch's documentation.
  private struct Reference {
    var parameter: Double
    var first = 0.0
    var second = 0.0

    mutating func step(_ rule: OptimizerLoop, _ raw: Double, rate: Double, step: Int, clip: Double) {
      let g = raw * clip
      switch rule {
      case .sgd(let decay): parameter -= rate * (g + decay * parameter)
      case .momentum(let momentum, let dampening, let nesterov, let decay):
        let gradient = g + decay * parameter
        first = step == 1 ? gradient : momentum * first + (1 - dampening) * gradient
        parameter -= rate * (nesterov ? gradient + momentum * first : first)
      case .adagrad(let epsilon, let decay):
        let gradient = g + decay * parameter
        first += gradient * gradient
        parameter -= rate * gradient / (first.squareRoot() + epsilon)
      case .rmsprop(let alpha, let epsilon, let momentum, let decay):
        let gradient = g + decay * parameter
        first = alpha * first + (1 - alpha) * gradient * gradient
        let direction = gradient / (first.squareRoot() + epsilon)
        second = momentum * second + direction
        parameter -= rate * (momentum > 0 ? second : direction)
      case .adam(let beta1, let beta2, let epsilon, let decay, let decoupled):
        if decoupled { parameter -= rate * decay * parameter }
        let gradient = decoupled ? g : g + decay * parameter
        first = beta1 * first + (1 - beta1) * gradient
        second = beta2 * second + (1 - beta2) * gradient * gradient
        let (mean, variance) = (first / (1 - pow(beta1, Double(step))), second / (1 - pow(beta2, Double(step))))
        parameter -= rate * mean / (variance.squareRoot() + epsilon)
      }
    }
  }

  /// A rule, and how many states it keeps.
  struct Rule: Sendable, CustomTestStringConvertible {
    var loop: OptimizerLoop
    var states: Int
    var testDescription: String { "\(loop)" }
  }

  private static let rules: [Rule] = [0, 0.1].flatMap { decay in
    [
      Rule(loop: .sgd(decay: decay), states: 0),
      Rule(loop: .momentum(momentum: 0.9, dampening: 0, nesterov: false, decay: decay), states: 1),
      Rule(loop: .momentum(momentum: 0.8, dampening: 0.3, nesterov: false, decay: decay), states: 1),
      Rule(loop: .momentum(momentum: 0.9, dampening: 0, nesterov: true, decay: decay), states: 1),
      Rule(loop: .adagrad(epsilon: 1e-10, decay: decay), states: 1),
      Rule(loop: .rmsprop(alpha: 0.99, epsilon: 1e-8, momentum: 0, decay: decay), states: 1),
      Rule(loop: .rmsprop(alpha: 0.9, epsilon: 1e-8, momentum: 0.9, decay: decay), states: 2),
      Rule(loop: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: decay, decoupled: false), states: 2),
      Rule(loop: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, decay: decay, decoupled: true), states: 2),
    ]
  }

  @Test("Six steps move every parameter as PyTorch's formulas do", arguments: rules, types)
  func stepsAgree(rule: Rule, type: ScalarType) throws {
    for count in oddSizes {
      let memory = try Memory(type)
      var noise = Noise(count)
      let start = noise.values(count)
      var reference = start.map { Reference(parameter: $0) }
      let parameter = memory.region(start)
      let states = (0..<rule.states).map { _ in memory.zeros(count) }
      for step in 1...6 {
        // Rates and clipping change from step to step, as schedules make them.
        let (rate, clip, g) = (0.02 / Double(step), step == 3 ? 0.25 : 1, noise.values(count, within: 3))
        optimizerStep(
          rule.loop, type, gradient: memory.region(g), parameter: parameter, states: states, count: count, rate: rate,
          step: step, clip: clip)
        for i in g.indices { reference[i].step(rule.loop, g[i], rate: rate, step: step, clip: clip) }
      }
      let worst = worstError(memory.values(parameter, count), reference.map(\.parameter), type, floor: 1)
      #expect(worst <= 16, "\(count) parameters")
    }
  }

  @Test("Nothing beyond the asked count moves", arguments: rules, types)
  func staysInside(rule: Rule, type: ScalarType) throws {
    let memory = try Memory(type)
    let regions = (0..<2 + rule.states).map { _ in memory.region(Array(repeating: 1, count: 10)) }
    optimizerStep(
      rule.loop, type, gradient: regions[0], parameter: regions[1], states: Array(regions.dropFirst(2)), count: 9,
      rate: 0.1, step: 2, clip: 1)
    let last = regions.map { memory.values($0, 10)[9] }
    let moved = memory.values(regions[1], 10)[8]
    #expect(last.allSatisfy { $0 == 1 })
    #expect(moved != 1)
  }

  @Test("A guarded step with a coefficient that is not finite moves nothing, an unguarded one does", arguments: rules)
  func guarded(rule: Rule) throws {
    let memory = try Memory(.float32)
    for clip in [Double.nan, .infinity] {
      for guarded in [true, false] {
        let regions = (0..<2 + rule.states).map { _ in memory.region(Array(repeating: 1, count: 9)) }
        optimizerStep(
          rule.loop, .float32, gradient: regions[0], parameter: regions[1], states: Array(regions.dropFirst(2)),
          count: 9, rate: 0.1, step: 2, clip: clip, guarded: guarded)
        let untouched = regions.allSatisfy { memory.values($0, 9).allSatisfy { $0 == 1 } }
        #expect(untouched == guarded, "\(clip)")
      }
    }
  }

  @Test("A guarded step with a finite coefficient is the unguarded one", arguments: rules, types)
  func guardedAndFinite(rule: Rule, type: ScalarType) throws {
    let results = try [true, false].map { guarded in
      let memory = try Memory(type)
      let regions = (0..<2 + rule.states).map { memory.region(Array(repeating: Double($0 + 1), count: 17)) }
      optimizerStep(
        rule.loop, type, gradient: regions[0], parameter: regions[1], states: Array(regions.dropFirst(2)), count: 17,
        rate: 0.1, step: 2, clip: 0.5, guarded: guarded)
      return regions.flatMap { memory.values($0, 17) }
    }
    #expect(results[0] == results[1])
  }
}
