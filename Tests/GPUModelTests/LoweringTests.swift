import Cluster
import GPUModel
import Program
import Quantities
import Testing

struct LoweringTests {
  static let types: [(ScalarType, ScalarType)] = [
    (.float32, .float32), (.bfloat16, .float32), (.bfloat16, .bfloat16), (.float16, .float32),
  ]

  /// Every lowering that differs, over 20 draws of every operation.
  private static func withEveryLowering(_ check: (Operation, (Lowering.Fusion) -> Lowering) -> Void) {
    for seed in 0..<20 as Range<UInt64> {
      for (type, gradient) in types {
        var random = RandomOperations(seed: seed)
        for operation in random.everyCase(type, gradient: gradient) {
          for attention in Lowering.AttentionChoice.allCases {
            for optimizer in Lowering.OptimizerLaunch.allCases {
              check(operation) { Lowering($0, attention: attention, optimizer: optimizer) }
            }
          }
        }
      }
    }
  }

  @Test func `every operation's kernels move what it must and compute what it counts`() {
    Self.withEveryLowering { operation, lowering in
      for fusion in Lowering.Fusion.allCases {
        let broken = LoweringLaws.broken(lowering(fusion).kernels(operation), of: operation, by: lowering(fusion))
        #expect(broken.isEmpty, "\(operation)")
      }
    }
  }

  @Test func `fusion never adds a launch, a byte or a dispatch`() {
    Self.withEveryLowering { operation, lowering in
      let eager = lowering(.eager).kernels(operation)
      let fused = lowering(.fused).kernels(operation)
      let compiled = lowering(.compiled).kernels(operation)
      #expect(eager.count >= fused.count && fused.count >= compiled.count, "\(operation)")
      let bytes = [eager, fused, compiled].map(LoweringLaws.traffic)
      #expect(bytes[0] >= bytes[1] && bytes[1] >= bytes[2], "\(operation): \(bytes)")
      let dispatches = [eager, fused, compiled].map { $0.reduce(0) { $0 + $1.hostOperations } }
      #expect(dispatches[0] >= dispatches[1] && dispatches[1] >= dispatches[2], "\(operation)")
    }
  }

  @Test func `fusion never adds to a sequence either`() {
    for seed in 0..<40 as Range<UInt64> {
      var random = RandomOperations(seed: seed)
      let pool = random.everyCase(.bfloat16, gradient: .float32)
      let sequence = (0..<60).map { _ in random.pick(pool) }
      let all = Lowering.Fusion.allCases.map { Lowering($0).kernels(sequence) }
      let bytes = all.map(LoweringLaws.traffic)
      #expect(all[0].count >= all[1].count && all[1].count >= all[2].count)
      #expect(bytes[0] >= bytes[1] && bytes[1] >= bytes[2])
    }
  }

  @Test func `the laws see every operation`() {
    let names = (0..<20 as Range<UInt64>).flatMap { seed in
      var random = RandomOperations(seed: seed)
      return random.everyCase(.float32, gradient: .float32).map(\.name)
    }
    #expect(Set(names).count == 34)
  }

  @Test func `what a law is for, a mutant shows`() {
    let product = Operation.matmul(MatmulShape(m: 8, n: 16, k: 32, transposeB: true), .float32, result: .float32)
    let lowering = Lowering(.fused)
    var kernels = lowering.kernels(product)
    #expect(LoweringLaws.broken(kernels, of: product, by: lowering).isEmpty)
    kernels[0].traffic.read = kernels[0].traffic.read - ByteCount(1)
    #expect(!LoweringLaws.broken(kernels, of: product, by: lowering).isEmpty)
    let attention = Operation.attention(Self.shape(sequence: 64), .float32)
    let unfused = Lowering(.eager, attention: .unfused)
    let dropped = unfused.kernels(attention).enumerated().filter { $0.offset != 3 }.map(\.element)  // the first product
    #expect(!LoweringLaws.broken(dropped, of: attention, by: unfused).isEmpty)
  }

  static func shape(sequence: Int) -> AttentionShape {
    AttentionShape(batch: 2, sequence: sequence, heads: 12, keyValueHeads: 12, headSize: 64, causal: true)
  }

  @Test func `a linear layer's products have the layouts that libraries name`() {
    func layouts(_ shapes: [MatmulShape]) -> [String] {
      shapes.compactMap {
        guard case .matmul(let kernel) = Lowering(.fused).kernels(.matmul($0, .bfloat16, result: .float32))[0].kernel
        else { return nil }
        return kernel.layout.rawValue
      }
    }
    let rows = 7
    #expect(
      layouts([
        MatmulShape(m: rows, n: 3, k: 2, transposeB: true), MatmulShape(m: rows, n: 2, k: 3),
        MatmulShape(m: 3, n: 2, k: rows, transposeA: true),
      ]) == ["TN", "NN", "NT"])
    #expect(
      layouts([
        MatmulShape(m: rows, n: 3, k: 2), MatmulShape(m: rows, n: 2, k: 3, transposeB: true),
        MatmulShape(m: 2, n: 3, k: rows, transposeA: true),
      ]) == ["NN", "TN", "NT"])
  }

  @Test func `fp32 goes through tensor cores where that is allowed, 16-bit types always`() {
    func precision(_ type: ScalarType, _ lowering: Lowering) -> String? {
      let product = Operation.matmul(MatmulShape(m: 8, n: 8, k: 8), type, result: type)
      guard case .matmul(let kernel) = lowering.kernels(product)[0].kernel else { return nil }
      return kernel.precision.rawValue
    }
    #expect(precision(.float32, Lowering(.eager)) == "fp32")
    #expect(precision(.float32, Lowering(.eager, allowsTF32: true)) == "tf32")
    #expect(precision(.bfloat16, Lowering(.eager, allowsTF32: true)) == "bf16")
  }
}
