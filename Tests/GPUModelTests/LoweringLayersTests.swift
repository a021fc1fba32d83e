import GPUModel
import Program
import Quantities
import Testing

/// Words and bytes of single layers, and of what merges.
struct LoweringLayersTests {
  private let dropout = Dropout(probability: 0.1, site: 0, sequence: 64)

  private func names(_ fusion: Lowering.Fusion, _ operations: Operation...) -> [String] {
    Lowering(fusion).kernels(operations).map(\.name)
  }

  @Test func `GPT-2's activation is eight kernels forward and eleven backward where nothing is fused`() {
    #expect(
      names(.eager, .activation(.geluTanh, count: 4096, .float32))
        == ["mul", "pow", "mul", "add", "mul", "tanh", "add", "mul"])
    #expect(names(.eager, .activationBackward(.geluTanh, count: 4096, .float32)).count == 11)
    #expect(names(.fused, .activation(.geluTanh, count: 4096, .float32)) == ["gelu_new"])
    #expect(names(.eager, .activation(.gelu, count: 4096, .float32)) == ["gelu"])
  }

  @Test func `eager RMSNorm casts 16-bit values to fp32 and back`() {
    let shape = NormShape(rows: 64, columns: 256, epsilon: 1e-5, bias: false, centred: false)
    #expect(names(.eager, .norm(shape, .float32)) == ["pow", "mean", "add", "rsqrt", "mul", "mul"])
    #expect(
      names(.eager, .norm(shape, .bfloat16)) == ["cast", "pow", "mean", "add", "rsqrt", "mul", "cast", "mul"])
    #expect(names(.fused, .norm(shape, .bfloat16)) == ["rms-norm"])
  }

  @Test func `zeros that stand for nothing cost nothing`() {
    let shape = NormShape(rows: 64, columns: 256, epsilon: 1e-5, bias: true)
    let zeros = Operation.fill(count: 64 * 256, value: 0, .float32)
    let norm = Operation.normBackward(shape, accumulate: false, .float32, gradient: .float32)
    #expect(names(.eager, zeros, norm) == ["layer-norm-backward"])
    #expect(names(.fused, zeros, norm) == ["layer-norm-backward"])
    let compiled = Lowering(.compiled)
    let (residual, alone) = (compiled.kernels(norm)[0].traffic, compiled.kernels([zeros, norm])[0].traffic)
    #expect(compiled.kernels([zeros, norm]).count == 1)
    #expect(residual.read - alone.read == ByteCount(64 * 256 * 4))
    let table = EmbeddingShape(rows: 64, columns: 256, vocabulary: 1000)
    let scatter = Operation.tokenEmbeddingBackward(table, .float32, gradient: .float32)
    let begun = Operation.fill(count: 256_000, value: 0, .float32)
    #expect(names(.eager, begun, scatter) == ["fill", "embedding-backward"])
    #expect(names(.eager, zeros, scatter) == ["fill", "zero-gradient", "embedding-backward", "accumulate"])
  }

  @Test func `eager rotation is five kernels for queries and five for keys`() {
    let shape = RotaryShape(
      rows: 64, sequence: 64, heads: 8, keyValueHeads: 2, headSize: 64, frequencies: RotaryFrequencies())
    let one = ["mul", "neg", "rotate-half", "mul", "add"]
    #expect(names(.eager, .rotary(shape, inverse: false, .bfloat16)) == one + one)
    #expect(names(.eager, .rotary(shape, inverse: true, .bfloat16)).count == 18)
  }

  @Test func `a late bias joins dropout and residual, and compiled the norm after them`() {
    let bias = Operation.addBias(rows: 64, columns: 256, .bfloat16)
    let add = Operation.residualAdd(rows: 64, columns: 256, dropout, .bfloat16)
    let norm = Operation.norm(NormShape(rows: 64, columns: 256, epsilon: 1e-5, bias: true), .bfloat16)
    #expect(names(.eager, bias, add, norm) == ["add-bias", "dropout", "add", "layer-norm"])
    #expect(names(.fused, bias, add, norm) == ["add-bias+residual-add", "layer-norm"])
    #expect(names(.compiled, bias, add, norm) == ["add-bias+residual-add+layer-norm"])
  }

  @Test func `a merged kernel writes all that its parts wrote, and does not read what it holds`() {
    let add = Operation.residualAdd(rows: 64, columns: 256, nil, .bfloat16)
    let norm = Operation.norm(NormShape(rows: 64, columns: 256, epsilon: 1e-5, bias: true), .bfloat16)
    let lowering = Lowering(.compiled)
    let apart = lowering.kernels(add) + lowering.kernels(norm)
    let merged = lowering.kernels([add, norm])
    #expect(merged.count == 1)
    #expect(merged[0].traffic.written == apart[0].traffic.written + apart[1].traffic.written)
    #expect(merged[0].traffic.read == apart[0].traffic.read + apart[1].traffic.read - ByteCount(64 * 256 * 2))
    #expect(merged[0].flops == apart[0].flops + apart[1].flops)
  }

  @Test func `neighbours of other sizes or types stay apart, and so does what a graph does not hold`() {
    let add = Operation.residualAdd(rows: 64, columns: 256, nil, .bfloat16)
    let other = Operation.activation(.gelu, count: 64 * 255, .bfloat16)
    let wide = Operation.activation(.gelu, count: 64 * 256, .float32)
    let copy = Operation.copy(count: 64 * 256, .bfloat16)
    for next in [other, wide, copy] { #expect(names(.compiled, add, next).count == 2) }
  }

  @Test func `every sequence writes the same bytes, merged or not`() {
    for seed in 0..<40 as Range<UInt64> {
      var random = RandomOperations(seed: seed)
      let pool = random.everyCase(.bfloat16, gradient: .float32)
      let sequence = (0..<60).map { _ in random.pick(pool) }
      let lowering = Lowering(.compiled, optimizer: .perTensor)
      let apart = sequence.flatMap { lowering.kernels($0) }
      let merged = lowering.kernels(sequence)
      #expect(merged.reduce(.zero) { $0 + $1.traffic.written } == apart.reduce(.zero) { $0 + $1.traffic.written })
      #expect(merged.reduce(.zero) { $0 + $1.flops } == apart.reduce(.zero) { $0 + $1.flops })
    }
  }

  @Test func `AdamW moves 28 bytes a parameter in one pass, and 80 in eight`() {
    let step = Operation.optimizerStep(.adamw(), count: 1000, guarded: false, gradient: .float32, .float32)
    func kernels(_ launch: Lowering.OptimizerLaunch) -> [LoweredKernel] {
      Lowering(.eager, optimizer: launch).kernels([step, step])
    }
    let scalars = 4 * 8
    let other = Operation.optimizerStep(.adamw(weightDecay: 0), count: 9, guarded: false, gradient: .float32, .float32)
    let cast = Operation.convert(count: 1000, from: .float32, to: .bfloat16)
    #expect(
      names(.eager, step, other, cast, step, other, cast) == ["optimizer-step", "optimizer-step", "convert"])
    #expect(names(.eager, step, .squaredNorm(count: 9, .float32), step).count == 3)
    #expect(LoweringLaws.traffic(kernels(.fused)) == ByteCount(2 * 28 * 1000 + scalars))
    #expect(kernels(.fused).count == 1)
    #expect(LoweringLaws.traffic(kernels(.foreach)) == ByteCount(2 * 80 * 1000))
    #expect(kernels(.foreach).count == 8)
    #expect(kernels(.perTensor).count == 16)
  }

  @Test func `eager cross-entropy is log-softmax and loss, in fp32`() {
    let loss = Operation.crossEntropy(rows: 64, vocabulary: 1000, .bfloat16)
    let gradient = Operation.crossEntropyBackward(rows: 64, vocabulary: 1000, first: 0, .bfloat16)
    #expect(names(.eager, loss) == ["cast", "log-softmax", "nll-loss"])
    #expect(
      names(.eager, gradient) == ["zero-gradient", "nll-loss-backward", "log-softmax-backward", "cast"])
    #expect(names(.fused, loss, gradient) == ["cross-entropy", "cross-entropy-backward"])
  }

  @Test func `a compiled model dispatches its optimizer alone`() {
    var random = RandomOperations(seed: 1)
    for operation in random.everyCase(.float32, gradient: .float32) {
      let dispatched = Lowering(.compiled).kernels(operation).reduce(0) { $0 + $1.hostOperations }
      switch operation {
      case .fill, .copy, .convert, .add, .sum, .squaredNorm, .clipCoefficient, .optimizerStep: #expect(dispatched > 0)
      default: #expect(dispatched == 0, "\(operation)")
      }
    }
  }
}
