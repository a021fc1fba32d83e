import Execution
import Model
import Program
import TestSupport
import Testing

/// Layers that can be called alone; others are judged in the smallest stage that has them, by `StageGradientTests`.
@Suite("Gradients of single layers agree with finite differences within 1e-6")
struct LayerGradientTests {
  private static let (batch, sequence, hidden) = (2, 5, 8)
  private static let rows = batch * sequence

  private static func gpt2(_ change: (inout GPT2Configuration) -> Void = { _ in }) -> Architecture {
    var result = GPT2Configuration(vocabularySize: 11, positions: 7, hidden: hidden, layers: 1, heads: 2)
    change(&result)
    return result.architecture
  }

  private static let llama = LlamaConfiguration(
    vocabularySize: 11, positions: 7, hidden: hidden, intermediate: 12, layers: 1, heads: 2
  ).architecture

  private func bench(_ unit: ParameterUnit, dropping: Bool = false) throws -> GradientBench {
    try GradientBench(unit, batch: Self.batch, sequence: Self.sequence, dropping: dropping)
  }

  @Test("A linear layer, with and without bias, stored either way round", arguments: [true, false], [true, false])
  func linear(bias: Bool, transposed: Bool) throws {
    var unit = ParameterUnit("linear")
    let layer = Linear(
      [Linear.Output("linear", 5)], inputs: 8, cut: .columns, deviation: 1, bias: bias, transposed: transposed,
      in: &unit)
    let violation = try violation(of: layer, unit, outputs: 5)
    #expect(violation == nil)
  }

  @Test("Several outputs that are one matrix, with and without bias", arguments: [true, false])
  func packedLinear(bias: Bool) throws {
    var unit = ParameterUnit("linear")
    let outputs = [Linear.Output("q", 4), Linear.Output("k", 2), Linear.Output("v", 2)]
    let layer = Linear(outputs, inputs: 8, cut: .columns, deviation: 1, bias: bias, transposed: true, in: &unit)
    let violation = try violation(of: layer, unit, outputs: 8)
    #expect(violation == nil)
  }

  private func violation(of layer: Linear, _ unit: ParameterUnit, outputs: Int) throws -> String? {
    let bench = try bench(unit)
    let x = bench.input([Self.rows, 8])
    let weights = bench.noise(Self.rows * outputs)
    let dy = bench.tensor(weights, [Self.rows, outputs])
    let dx = layer.backwardInput(dy.view, bench.parameters, bench.pass)
    layer.backwardWeight(x.view, dy.view, bench.gradients, bench.pass)
    layer.backwardBias(dy.view, bench.gradients, bench.pass)
    let checked = bench.checked + [CheckedTensor("x", x.view, bench.values(dx.view))]
    return GradientCheck(bench.executor).violation(checked) {
      bench.dot(layer.forward(x.view, bench.parameters, bench.pass), weights)
    }
  }

  @Test("LayerNorm with and without bias, RMSNorm, and the gradient that goes past them", arguments: [0, 1, 2])
  func norm(kind: Int) throws {
    let architecture = [Self.gpt2(), Self.gpt2 { $0.bias = false }, Self.llama][kind]
    var unit = ParameterUnit("norm")
    let layer = Norm("norm", architecture, in: &unit)
    let bench = try bench(unit)
    let (count, shape) = (Self.rows * Self.hidden, [Self.rows, Self.hidden])
    let x = bench.input(shape)
    let (weights, skip) = (bench.noise(count), bench.noise(count))
    let dy = bench.tensor(weights, shape)
    let residual = bench.tensor(skip, shape)
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

  @Test("The token table, and the position table with and without dropout", arguments: [0.0, 0.3])
  func embedding(probability: Double) throws {
    var (table, positions) = (ParameterUnit("tokens"), ParameterUnit("positions"))
    let architecture = Self.gpt2 { $0.embeddingDropout = probability }
    let layer = TokenEmbedding(architecture, in: &table, positionUnit: &positions)
    let bench = try bench(table, dropping: true)
    let other = bench.beside(positions)
    let shape = [Self.rows, Self.hidden]
    let ids = bench.ids([0, 3, 3, 10, 1, 0, 5, 9, 3, 2])
    let weights = bench.noise(Self.rows * Self.hidden)
    try layer.backward(bench.tensor(weights, shape), ids.view, bench.gradients, other.gradients, bench.pass)
    let violation = try GradientCheck(bench.executor).violation(bench.checked + other.checked) {
      try bench.dot(layer.forward(ids.view, bench.parameters, other.parameters, bench.pass), weights)
    }
    #expect(violation == nil)
  }
}
