import Execution
import Foundation
import Model
import Program
import Quantities

/// How the next token is drawn.
package struct Sampling: Hashable, Sendable {
  /// 0 takes the most likely token.
  package var temperature: Double
  /// Only the k most likely tokens; nil for all.
  package var topK: Int?
  /// Only the most likely tokens whose probabilities reach p together. Holtzman et al. 2019, arXiv:1904.09751.
  package var topP: Double
  package var seed: UInt64

  package init(temperature: Double = 0.8, topK: Int? = nil, topP: Double = 1, seed: UInt64 = 1337) {
    (self.temperature, self.topK, self.topP, self.seed) = (temperature, topK, topP, seed)
  }

  /// Draws from logits; `index` counts the draws of one text, so that equal seeds repeat it.
  package func draw(_ logits: [Double], index: Int) -> Int {
    let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
    guard temperature > 0 else { return order[0] }
    let kept = order.prefix(topK ?? order.count)
    let weights = kept.map { exp((logits[$0] - logits[order[0]]) / temperature) }
    let nucleus = nucleus(weights)
    var rest = uniform(index) * weights[..<nucleus].reduce(0, +)
    for place in 0..<nucleus {
      rest -= weights[place]
      if rest < 0 { return kept[place] }
    }
    return kept[nucleus - 1]
  }

  /// How many of the most likely tokens reach `topP`.
  private func nucleus(_ weights: [Double]) -> Int {
    guard topP < 1 else { return weights.count }
    let total = weights.reduce(0, +)
    var sum = 0.0
    for (place, weight) in weights.enumerated() {
      sum += weight
      if sum >= topP * total { return place + 1 }
    }
    return weights.count
  }

  private func uniform(_ index: Int) -> Double {
    Double(scramble(scramble(seed) ^ UInt64(index)) >> 11) * 0x1p-53
  }
}

/// Continues a text, token by token, over a key-value cache. Where the model's positions end, the second half of the context is
/// read again and the text goes on.
package final class TextGenerator {
  private let model: Transformer
  private let parameters: WholeParameters
  private let executor: Executor
  private let type: ScalarType

  package init(_ parameters: WholeParameters) {
    (model, self.parameters, type) = (parameters.model, parameters, parameters.type)
    executor = parameters.executor
  }

  /// Draws `count` tokens after the prompt (at least one token), telling `emit` each.
  package func generate(prompt: [Int32], count: Int, _ sampling: Sampling, _ emit: (Int) throws -> Void) throws {
    precondition(!prompt.isEmpty, "a text begins with at least one token")
    let positions = model.architecture.positionCount
    var text = prompt
    var fresh = Array(prompt.suffix(positions))
    var cache = makeCache(fresh.count)
    for index in 0..<count {
      if cache.past + fresh.count > positions {
        fresh = Array(text.suffix(max(1, positions / 2)))
        cache = makeCache(fresh.count)
      }
      let token = sampling.draw(try extend(fresh, &cache), index: index)
      text.append(Int32(token))
      fresh = [Int32(token)]
      try emit(token)
    }
  }

  private func makeCache(_ length: Int) -> Transformer.Cache {
    model.makeCache(capacity: model.architecture.positionCount, pass(length))
  }

  private func pass(_ length: Int) -> Pass {
    Pass(executor: executor, type: type, batch: 1, sequence: length, randomKey: nil)
  }

  private func extend(_ tokens: [Int32], _ cache: inout Transformer.Cache) throws -> [Double] {
    let ids = executor.allocate([tokens.count], .int32, .inputs)
    executor.write(tokens, to: ids.view)
    let logits = try model.extend(ids: ids.view, &cache, parameters, pass(tokens.count))
    return executor.values(logits.view)!
  }
}
