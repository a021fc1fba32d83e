import GPUModel
import Program
import Quantities
import Testing

struct LoweringAttentionTests {
  private func bytes(_ sequence: Int, _ choice: Lowering.AttentionChoice, backward: Bool) -> (all: Int, scores: Int) {
    let shape = LoweringTests.shape(sequence: sequence)
    let operation = backward ? Operation.attentionBackward(shape, .bfloat16) : .attention(shape, .bfloat16)
    let kernels = Lowering(.eager, attention: choice).kernels(operation)
    let scores = shape.batch * shape.heads * sequence * sequence
    let streamed = kernels.filter { $0.elements == scores }
    return (LoweringLaws.traffic(kernels).value, LoweringLaws.traffic(streamed).value)
  }

  @Test(arguments: [false, true])
  func `twice the sequence is twice FlashAttention's traffic, and four times that of scores`(backward: Bool) {
    for sequence in [512, 1024, 2048] {
      let flash = (bytes(sequence, .flash, backward: backward), bytes(2 * sequence, .flash, backward: backward))
      #expect(flash.1.all == 2 * flash.0.all)
      let unfused = (bytes(sequence, .unfused, backward: backward), bytes(2 * sequence, .unfused, backward: backward))
      #expect(unfused.1.scores == 4 * unfused.0.scores)
      #expect(unfused.0.all > 5 * flash.0.all)
    }
  }

  @Test func `eager attention is Hugging Face's GPT-2`() {
    var shape = LoweringTests.shape(sequence: 64)
    shape.dropout = Dropout(probability: 0.1, site: 0, sequence: 64)
    let lowering = Lowering(.eager, attention: .unfused)
    #expect(
      lowering.kernels(.attention(shape, .float32)).map(\.name) == [
        "split-heads", "split-heads", "split-heads", "bmm", "scale", "mask", "softmax", "dropout", "bmm", "merge-heads",
      ])
    #expect(
      lowering.kernels(.attentionBackward(shape, .float32)).map(\.name) == [
        "split-heads", "bmm", "bmm", "dropout-backward", "softmax-backward", "scale-backward", "bmm", "bmm",
        "merge-heads", "merge-heads", "concatenate",
      ])
  }

  @Test func `fused and compiled attention without FlashAttention keep scale, mask and dropout in one pass`() {
    var shape = LoweringTests.shape(sequence: 64)
    shape.dropout = Dropout(probability: 0.1, site: 0, sequence: 64)
    func names(_ fusion: Lowering.Fusion) -> [String] {
      Lowering(fusion, attention: .unfused).kernels(.attention(shape, .bfloat16)).map(\.name)
    }
    #expect(names(.fused) == ["bmm", "scale-mask-softmax", "dropout", "bmm", "merge-heads"])
    #expect(names(.compiled) == ["bmm", "scale-mask-softmax+dropout", "bmm", "merge-heads"])
  }

  @Test func `kept probabilities leave four products backward, and five where they are computed again`() {
    let operation = Operation.attentionBackward(LoweringTests.shape(sequence: 64), .float32)
    func products(_ choice: Lowering.AttentionChoice) -> Int {
      Lowering(.fused, attention: choice).kernels(operation).filter(\.isProduct).count
    }
    #expect(products(.unfused) == 4)
    #expect(products(.recomputed) == 5)
  }

  @Test func `all of the square is computed without FlashAttention, and with it the triangle`() {
    let shape = LoweringTests.shape(sequence: 100)
    func flops(_ choice: Lowering.AttentionChoice) -> Int {
      Lowering(.fused, attention: choice).kernels(.attention(shape, .bfloat16)).filter(\.isProduct)
        .reduce(0) { $0 + $1.flops.value }
    }
    #expect(flops(.unfused) == 4 * 2 * 12 * 100 * 100 * 64)
    #expect(flops(.flash) == 4 * 2 * 12 * 5050 * 64)
  }

  @Test func `shared keys and values are repeated forward and summed backward`() {
    let shape = AttentionShape(batch: 1, sequence: 16, heads: 8, keyValueHeads: 2, headSize: 32, causal: true)
    let lowering = Lowering(.fused, attention: .unfused)
    #expect(lowering.kernels(.attention(shape, .bfloat16)).filter { $0.name == "repeat-heads" }.count == 2)
    #expect(lowering.kernels(.attentionBackward(shape, .bfloat16)).filter { $0.name == "head-sum" }.count == 2)
  }
}

extension LoweredKernel {
  var elements: Int? {
    switch kernel {
    case .streaming(let kernel): kernel.elements
    case .rows(let kernel): kernel.rows * kernel.columns
    case .matmul, .attention: nil
    }
  }
}
