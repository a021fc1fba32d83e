import Execution
import Model
import Program
import TestSupport
import Testing

/// A block: attention and perceptron between their norms and residuals; and the head. Every parameter and the input.
@Suite("Gradients of single stages agree with finite differences within 1e-6")
struct StageGradientTests {
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
    ("turned positions, packed projection", rotated(gpt2())), ("gated, learned positions", gated(gpt2())),
  ]

  private static func rotated(_ architecture: Architecture) -> Architecture {
    var result = architecture
    result.positions = .rotary(RotaryFrequencies())
    return result
  }

  /// A gate in LLaMA's names, with GPT-2's activation and norm. Without rotation a key's bias has no gradient, so that it has none.
  private static func gated(_ architecture: Architecture) -> Architecture {
    var result = architecture
    (result.feedForward, result.naming, result.attentionBias) = (.gated, .llama, false)
    return result
  }

  @Test("Attention and perceptron of every kind", arguments: architectures.map(\.name))
  func kinds(name: String) throws {
    let architecture = Self.architectures.first { $0.name == name }!.architecture
    let violations = try [block(architecture), head(architecture)].map { try violation($0) }
    let found = violations.compactMap { $0 }
    #expect(found.isEmpty, "\(found)")
  }

  @Test(
    "Weight gradients that come later, and activations that are computed again", arguments: [true, false],
    [Recomputation.none, .selective, .full(every: 1)])
  func ways(later: Bool, recomputation: Recomputation) throws {
    for name in ["GPT-2 with dropout", "LLaMA with dropout"] {
      let architecture = Self.architectures.first { $0.name == name }!.architecture
      let violation = try violation(block(architecture), later: later, recomputation)
      #expect(violation == nil, "\(name)")
    }
  }

  @Test("A rotation the wrong way round, and one that is left out of the gradient, are found")
  func mutants() throws {
    let found = try [true, false].map { leavesOut in
      try violation(
        block(Self.llama(keyValueHeads: 2)),
        fault: .launches { operation in
          guard case .rotary(let shape, true, let type) = operation else { return operation }
          var still = shape
          if leavesOut { still.frequencies.scaling = .linear(factor: 1e30) }
          return .rotary(still, inverse: leavesOut, type)
        })
    }
    #expect(found.allSatisfy { $0 != nil })
  }

  @Test(
    "A head whose table is tied, its copy at the end of a pipeline, and one that is its own", arguments: [true, false])
  func heads(later: Bool) throws {
    let untied = Self.gpt2 { $0.tieWordEmbeddings = false }
    let models = [Transformer(Self.gpt2()), Transformer(Self.gpt2(), copiesTable: true), Transformer(untied)]
    for model in models {
      let violation = try violation(Stage(model, layers: 0..<0, isFirst: false, isLast: true), later: later)
      #expect(violation == nil)
    }
  }

  @Test("An embedding alone, with its dropout", arguments: [true, false])
  func embedding(later: Bool) throws {
    let model = Transformer(Self.gpt2 { $0.embeddingDropout = 0.3 })
    let violation = try violation(Stage(model, layers: 0..<0, isFirst: true, isLast: false), later: later)
    #expect(violation == nil)
  }

  private func block(_ architecture: Architecture) -> Stage {
    Stage(Transformer(architecture), layers: 0..<1, isFirst: false, isLast: false)
  }

  private func head(_ architecture: Architecture) -> Stage {
    Stage(Transformer(architecture), layers: 1..<1, isFirst: false, isLast: true)
  }

  private func violation(
    _ stage: Stage, later: Bool = false, _ recomputation: Recomputation = .none, fault: FaultyDevice.Fault? = nil
  ) throws -> String? {
    try ModelBench(
      stage.model.architecture, stage: stage, batch: Self.batch, sequence: Self.sequence,
      recomputation: recomputation, fault: fault
    ).violation(later: later)
  }
}
