import Execution
import Model
import Program
import TestSupport
import Testing

/// One block: attention and perceptron between their norms and residuals, every parameter and the input.
@Suite("Gradients of a block agree with finite differences within 1e-6")
struct BlockGradientTests {
  private static let (batch, sequence, hidden) = (2, 5, 16)

  private static func gpt2(_ change: (inout GPT2Configuration) -> Void = { _ in }) -> Architecture {
    var result = GPT2Configuration(vocabularySize: 11, positions: 7, hidden: hidden, layers: 1, heads: 4)
    change(&result)
    return result.architecture
  }

  private static func llama(
    keyValueHeads: Int, _ change: (inout LlamaConfiguration) -> Void = { _ in }
  ) -> Architecture {
    var result = LlamaConfiguration(
      vocabularySize: 11, positions: 7, hidden: hidden, intermediate: 12, layers: 1, heads: 4,
      keyValueHeads: keyValueHeads)
    change(&result)
    return result.architecture
  }

  /// Heads without groups, grouped and with one key-value head; rotary and not; perceptrons plain and gated.
  private static let architectures: [(name: String, architecture: Architecture)] = [
    ("GPT-2", gpt2()), ("GPT-2 without biases", gpt2 { $0.bias = false }),
    ("GPT-2 with dropout", gpt2 { ($0.attentionDropout, $0.residualDropout) = (0.2, 0.3) }),
    ("LLaMA", llama(keyValueHeads: 4)), ("grouped queries", llama(keyValueHeads: 2)),
    ("one key-value head", llama(keyValueHeads: 1)),
    ("LLaMA with biases", llama(keyValueHeads: 2) { ($0.attentionBias, $0.mlpBias) = (true, true) }),
    ("LLaMA with dropout", llama(keyValueHeads: 2) { $0.attentionDropout = 0.2 }),
    ("scaled rotation", llama(keyValueHeads: 2) { $0.frequencies = RotaryFrequencies(scaling: .linear(factor: 2)) }),
    ("turned positions, packed projection", rotated(gpt2())), ("gated, packed projection", gated(gpt2())),
  ]

  private static func rotated(_ architecture: Architecture) -> Architecture {
    var result = architecture
    result.positions = .rotary(RotaryFrequencies())
    return result
  }

  /// A gate in LLaMA's names, with GPT-2's activation, norm and biases.
  private static func gated(_ architecture: Architecture) -> Architecture {
    var result = architecture
    (result.feedForward, result.naming) = (.gated, .llama)
    return result
  }

  @Test("Attention and perceptron of every kind", arguments: architectures.map(\.name))
  func kinds(name: String) throws {
    let architecture = Self.architectures.first { $0.name == name }!.architecture
    let violation = try violation(architecture)
    #expect(violation == nil)
  }

  @Test(
    "Weight gradients that come later, and activations that are computed again", arguments: [true, false],
    [Recomputation.none, .selective, .full(every: 1)])
  func ways(later: Bool, recomputation: Recomputation) throws {
    for name in ["GPT-2 with dropout", "LLaMA with dropout"] {
      let architecture = Self.architectures.first { $0.name == name }!.architecture
      let violation = try violation(architecture, later: later, recomputation)
      #expect(violation == nil, "\(name)")
    }
  }

  @Test("A rotation the wrong way round, and one that is left out of the gradient, are found")
  func mutants() throws {
    let found = try [true, false].map { leavesOut in
      try violation(
        Self.llama(keyValueHeads: 2),
        fault: .launches { operation in
          guard case .rotary(let shape, true, let type) = operation else { return operation }
          var still = shape
          if leavesOut { still.frequencies.scaling = .linear(factor: 1e30) }
          return .rotary(still, inverse: leavesOut, type)
        })
    }
    #expect(found.allSatisfy { $0 != nil })
  }

  private func violation(
    _ architecture: Architecture, later: Bool = false, _ recomputation: Recomputation = .none,
    fault: FaultyDevice.Fault? = nil
  ) throws -> String? {
    var unit = ParameterUnit("block")
    let block = Block(layer: 0, architecture, in: &unit)
    let bench = try GradientBench(
      unit, batch: Self.batch, sequence: Self.sequence, dropping: true, recomputation: recomputation, fault: fault)
    let shape = [Self.batch * Self.sequence, Self.hidden]
    let x = bench.input(shape)
    let weights = bench.noise(x.count)
    let output = try block.forward(bench.copy(x), bench.parameters, bench.pass)
    let backward = try block.backward(
      bench.tensor(weights, shape), output.takeSaved(), bench.parameters, bench.gradients, later: later, bench.pass)
    let checkedInput = CheckedTensor("x", x.view, bench.values(backward.dx.view))
    if let pending = backward.takePending() { try block.backwardWeight(pending, bench.gradients, bench.pass) }
    return try GradientCheck(bench.executor).violation(bench.checked + [checkedInput]) {
      let output = try block.forward(bench.copy(x), bench.parameters, bench.pass)
      return bench.dot(output.y, weights)
    }
  }
}
