import GPUModel
import Program
import Quantities
import Testing

/// A block of GPT-2 against what Hugging Face's eager model dispatches (transformers 5.23, torch 2.13; dropout is one kernel on
/// CUDA, and LayerNorm's gradient, two there, is one `RowKernel`).
struct LoweringBlockTests {
  private let rows = 64
  private let hidden = 48
  private let dropout = Dropout(probability: 0.1, site: 0, sequence: 32)
  private var norm: NormShape { NormShape(rows: rows, columns: hidden, epsilon: 1e-5, bias: true) }
  private var attention: AttentionShape {
    AttentionShape(batch: 2, sequence: 32, heads: 4, keyValueHeads: 4, headSize: 12, causal: true, dropout: dropout)
  }

  private func linear(_ inputs: Int, _ outputs: Int) -> Operation {
    .matmul(MatmulShape(m: rows, n: outputs, k: inputs, bias: true), .float32, result: .float32)
  }

  private func linearBackward(_ inputs: Int, _ outputs: Int) -> [Operation] {
    [
      .matmul(MatmulShape(m: rows, n: inputs, k: outputs, transposeB: true), .float32, result: .float32),
      .matmul(MatmulShape(m: inputs, n: outputs, k: rows, transposeA: true), .float32, result: .float32),
      .columnSum(rows: rows, columns: outputs, accumulate: false, .float32, gradient: .float32),
    ]
  }

  private var forward: [Operation] {
    let add = Operation.residualAdd(rows: rows, columns: hidden, dropout, .float32)
    return [
      .norm(norm, .float32), linear(hidden, 3 * hidden), .attention(attention, .float32), linear(hidden, hidden), add,
      .norm(norm, .float32), linear(hidden, 4 * hidden), .activation(.geluTanh, count: rows * 4 * hidden, .float32),
      linear(4 * hidden, hidden), add,
    ]
  }

  private var backward: [Operation] {
    let dropped = Operation.dropoutBackward(rows: rows, columns: hidden, dropout, .float32)
    let normed = Operation.normBackward(norm, accumulate: false, .float32, gradient: .float32)
    return [dropped] + linearBackward(4 * hidden, hidden)
      + [.activationBackward(.geluTanh, count: rows * 4 * hidden, .float32)] + linearBackward(hidden, 4 * hidden)
      + [normed, dropped] + linearBackward(hidden, hidden) + [.attentionBackward(attention, .float32)]
      + linearBackward(hidden, 3 * hidden) + [normed]
  }

  @Test func `eager, a block is 28 kernels forward and 40 backward`() {
    let eager = Lowering(.eager, attention: .unfused)
    #expect(
      eager.kernels(forward).map(\.name) == [
        "layer-norm", "gemm", "split-heads", "split-heads", "split-heads", "bmm", "scale", "mask", "softmax", "dropout",
        "bmm", "merge-heads", "gemm", "dropout", "add", "layer-norm", "gemm", "mul", "pow", "mul", "add", "mul", "tanh",
        "add", "mul", "gemm", "dropout", "add",
      ])
    #expect(
      eager.kernels(backward).map(\.name) == [
        "dropout-backward", "gemm", "gemm", "column-sum", "mul", "mul", "tanh-backward", "mul", "mul", "pow", "mul",
        "mul", "add", "mul", "add", "gemm", "gemm", "column-sum", "layer-norm-backward", "add",
        "dropout-backward", "gemm", "gemm", "column-sum", "split-heads", "bmm", "bmm", "dropout-backward",
        "softmax-backward", "scale-backward", "bmm", "bmm", "merge-heads", "merge-heads", "concatenate", "gemm", "gemm",
        "column-sum", "layer-norm-backward", "add",
      ])
    #expect(eager.kernels(backward).reduce(0) { $0 + $1.hostOperations } == 40)
  }

  @Test func `fused and compiled, it is less`() {
    func count(_ fusion: Lowering.Fusion, _ operations: [Operation]) -> Int {
      Lowering(fusion).kernels(operations).count
    }
    #expect(count(.fused, forward) == 10)
    #expect(count(.compiled, forward) == 9)
    #expect(count(.fused, backward) == 20)
    #expect(count(.compiled, backward) == 17)
  }
}
