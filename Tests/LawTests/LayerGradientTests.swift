import Execution
import Model
import TestSupport
import Testing

/// Layers whose backward pass can be called alone; all others are judged by name inside the whole model.
@Suite("Gradients of single layers agree with finite differences within 1e-6")
struct LayerGradientTests {
  private static let (batch, sequence, hidden) = (2, 5, 8)
  private static let rows = batch * sequence

  private func configuration(_ change: (inout GPT2Configuration) -> Void = { _ in }) -> GPT2Configuration {
    var result = GPT2Configuration(vocabularySize: 11, positions: 7, hidden: Self.hidden, layers: 1, heads: 2)
    change(&result)
    return result
  }

  private func bench(_ unit: ParameterUnit, dropping: Bool = false) throws -> GradientBench {
    try GradientBench(unit, batch: Self.batch, sequence: Self.sequence, dropping: dropping)
  }

  @Test("A linear layer, with and without bias", arguments: [true, false])
  func linear(bias: Bool) throws {
    var unit = ParameterUnit("linear")
    let layer = Linear("linear", inputs: 8, outputs: 5, deviation: 1, bias: bias, in: &unit)
    let bench = try bench(unit)
    let x = bench.input([Self.rows, 8])
    let weights = bench.noise(Self.rows * 5)
    let dy = bench.tensor(weights, [Self.rows, 5])
    let dx = layer.backwardInput(dy.view, bench.parameters, bench.pass)
    layer.backwardWeight(x.view, dy.view, bench.gradients, bench.pass)
    let checked = bench.checked + [CheckedTensor("x", x.view, bench.values(dx.view))]
    let violation = GradientCheck(bench.executor).violation(checked) {
      bench.dot(layer.forward(x.view, bench.parameters, bench.pass), weights)
    }
    #expect(violation == nil)
  }

  @Test("A norm, with and without bias, and the gradient that goes past it", arguments: [true, false])
  func layerNorm(bias: Bool) throws {
    var unit = ParameterUnit("norm")
    let layer = LayerNorm("norm", columns: 8, epsilon: 1e-5, bias: bias, in: &unit)
    let bench = try bench(unit)
    let count = Self.rows * 8
    let x = bench.input([Self.rows, 8])
    let weights = bench.noise(count)
    let skip = bench.noise(count)
    let dy = bench.tensor(weights, [Self.rows, 8])
    let residual = bench.tensor(skip, [Self.rows, 8])
    let output = layer.forward(x.view, bench.parameters, bench.pass)
    let dx = layer.backward(
      dy.view, residual: residual.view, x: x.view, statistics: output.statistics.view, bench.parameters,
      bench.gradients, bench.pass)
    let checked = bench.checked + [CheckedTensor("x", x.view, bench.values(dx.view))]
    let violation = GradientCheck(bench.executor).violation(checked) {
      let output = layer.forward(x.view, bench.parameters, bench.pass)
      return bench.dot(output.y, weights) + bench.dot(x, skip)
    }
    #expect(violation == nil)
  }

  @Test("Token and position tables, with and without dropout", arguments: [0.0, 0.3])
  func embedding(probability: Double) throws {
    var unit = ParameterUnit("embeddings")
    let layer = TokenEmbedding(configuration { $0.embeddingDropout = probability }, in: &unit)
    let bench = try bench(unit, dropping: true)
    let shape = [Self.rows, Self.hidden]
    let ids = bench.ids([0, 3, 3, 10, 1, 0, 5, 9, 3, 2])
    let weights = bench.noise(Self.rows * Self.hidden)
    layer.backward(bench.tensor(weights, shape), ids.view, bench.gradients, tokensHold: false, bench.pass)
    let violation = GradientCheck(bench.executor).violation(bench.checked) {
      bench.dot(layer.forward(ids.view, bench.parameters, bench.pass), weights)
    }
    #expect(violation == nil)
  }
}
