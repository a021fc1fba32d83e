import Program
import Quantities
import Testing

@Suite("Operations")
struct OperationTests {
  @Test("A matrix product costs 2·m·n·k FLOPs, and reads and writes its matrices once")
  func matmul() {
    let operation = Operation.matmul(MatmulShape(m: 5, n: 7, k: 11), .float32, result: .float32)
    #expect(operation.flops == FLOPCount(2 * 5 * 7 * 11))
    #expect(operation.bytesRead == ByteCount(4 * (5 * 11 + 11 * 7)))
    #expect(operation.bytesWritten == ByteCount(4 * 5 * 7))
  }

  @Test(
    "Causal attention counts the lower triangle with its diagonal, full attention the square", arguments: [1, 5, 64])
  func attentionScores(sequence: Int) {
    for heads in [1, 3] {
      let causal = AttentionShape(
        batch: 2, sequence: sequence, heads: heads, keyValueHeads: heads, headSize: 4, causal: true)
      var full = causal
      full.causal = false
      let pairs = (0..<sequence).reduce(0) { $0 + $1 + 1 }
      #expect(causal.scores == 2 * heads * pairs)
      #expect(full.scores == 2 * heads * sequence * sequence)
      // Two products forward, five backward (scores again, and four gradients), a multiply-add as two.
      #expect(Operation.attention(causal, .float32).flops == FLOPCount(2 * 2 * causal.scores * 4))
      #expect(Operation.attentionBackward(causal, .float32).flops == FLOPCount(5 * 2 * causal.scores * 4))
    }
  }

  @Test("Tokens over a cache cost what the same rows of causal attention cost", arguments: [0, 1, 7])
  func cachedAttention(past: Int) {
    let (new, heads, headSize) = (4, 3, 5)
    let shape = CachedAttentionShape(
      new: new, past: past, capacity: 20, heads: heads, keyValueHeads: heads, headSize: headSize)
    let pairs = (0..<new).reduce(0) { $0 + past + $1 + 1 }
    #expect(Operation.cachedAttention(shape, .float32).flops == FLOPCount(4 * heads * headSize * pairs))
  }

  @Test("fp64 moves twice the bytes of fp32 for every operand that is no index and no scalar")
  func widths() {
    for (single, double) in zip(Operations.all(.float32), Operations.all(.float64)) {
      let (a, b) = (single.operands, double.operands)
      for (narrow, wide) in zip(a.reads + a.writes, b.reads + b.writes) {
        #expect(narrow.count == wide.count)
        let grows = narrow.type == .float32 && wide.type == .float64
        #expect(grows || narrow.type == wide.type)
      }
      #expect(single.flops == double.flops)
      #expect(single.name == double.name)
    }
  }

  @Test("A dropout adds a random key to what is read, and nothing else")
  func keys() {
    let plain = Operation.residualAdd(rows: 4, columns: 3, nil, .float32)
    let dropping = Operation.residualAdd(rows: 4, columns: 3, Operations.dropout, .float32)
    #expect(dropping.operands.reads.dropLast() == plain.operands.reads[...])
    #expect(dropping.operands.reads.last?.type == .int32)
    #expect(dropping.operands.reads.last?.count == randomKeyCount)
    #expect(dropping.operands.writes == plain.operands.writes)
  }

  @Test("Names tell families apart: no two cases have one, and every case has one", arguments: ScalarType.allCases)
  func names(type: ScalarType) {
    let names = Operations.all(type).map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isLowercase || $0 == "-" } })
  }

  @Test("Weight gradients may be wider than what they come from, and nothing else changes")
  func gradients() {
    for (narrow, wide) in zip(Operations.all(.bfloat16), Operations.all(.bfloat16, gradient: .float32)) {
      let pairs = zip(narrow.operands.reads + narrow.operands.writes, wide.operands.reads + wide.operands.writes)
      for (a, b) in pairs {
        #expect(a.count == b.count && (a.type == b.type || (a.type, b.type) == (.bfloat16, .float32)))
      }
      #expect(narrow.flops == wide.flops)
      #expect(narrow.name == wide.name)
    }
  }

  @Test(
    "Statistics, log-sum-exps and losses of 16-bit values are kept in fp32", arguments: [ScalarType.bfloat16, .float16])
  func statistics(type: ScalarType) {
    let operations: [Operation] = [
      .norm(Operations.layerNorm, type), .attention(Operations.attention, type),
      .crossEntropy(rows: 10, vocabulary: 31, type), .vocabularyMaximum(rows: 10, vocabulary: 31, type),
    ]
    let kept = operations.map { $0.operands.writes.last! }
    #expect(kept.allSatisfy { $0.type == .float32 })
    #expect(kept.map(\.count) == [20, 2 * 4 * 5, 10, 10])
  }

  @Test("A norm without mean keeps half the statistics, and has no bias to differentiate")
  func norms() {
    let (layer, root) = (Operations.layerNorm, Operations.rootMeanSquare)
    let backward = [layer, root].map {
      Operation.normBackward($0, accumulate: false, .float32, gradient: .float32).operands.writes.count
    }
    #expect(layer.statistics == 2 * root.statistics)
    #expect(backward == [3, 2])
  }

  @Test("An optimizer step writes the parameter and every state of its rule", arguments: rules)
  func optimizerOperands(rule: OptimizerRule) {
    let operands = Operation.optimizerStep(rule, count: 9, guarded: false, gradient: .bfloat16, .float32).operands
    #expect(operands.writes.count == 1 + rule.stateCount)
    #expect(operands.writes.allSatisfy { $0.count == 9 && $0.type == .float32 })
    #expect(operands.reads.map(\.type) == [.bfloat16, .float64])
    #expect(operands.reads.map(\.count) == [9, stepScalarCount])
    #expect(rule.withoutDecay.stateNames == rule.stateNames)
    #expect(rule.withoutDecay.withoutDecay == rule.withoutDecay)
    #expect(rule.withoutDecay != rule)
  }

  private static let rules: [OptimizerRule] = [
    .sgd(weightDecay: 0.1), .momentum(weightDecay: 0.1), .adagrad(weightDecay: 0.1), .rmsprop(weightDecay: 0.1),
    .rmsprop(momentum: 0.9, weightDecay: 0.1), .adam(weightDecay: 0.1), .adamw(),
  ]
}
