import Cluster
import GPUModel
import Quantities
import Testing

/// What textbooks and data sheets say, said by the model.
@Suite struct KnownFactsTests {
  private func model(_ name: String) throws -> KernelModel {
    try KernelModel(GPUCatalogue.builtIn().gpu(named: name), Calibration.builtIn())
  }

  @Test(arguments: [("P100", 2.0), ("RTX 2080 Ti", 4), ("V100", 8), ("T4", 8), ("A100", 16), ("H100", 14.8)])
  func `16-bit products have a multiple of the fp32 peak`(name: String, factor: Double) throws {
    let gpu = try GPUCatalogue.builtIn().gpu(named: name)
    #expect(abs(try gpu.peak(.fp16) / gpu.peak(.fp32) / factor - 1) < 0.02)
  }

  @Test(arguments: [("V100", 4.5...8.5), ("T4", 4...11), ("A100", 9...16)])
  func `Large 16-bit products are that much faster in time, but for what power and memory take`(
    name: String, range: ClosedRange<Double>
  ) throws {
    let model = try model(name)
    func seconds(_ precision: MathPrecision) throws -> Double {
      try model.seconds(.matmul(MatmulKernel(m: 8192, n: 8192, k: 8192, precision: precision)))
    }
    #expect(range.contains(try seconds(.fp32) / seconds(.fp16)))
  }

  @Test func `V100 has no bf16 and says what it has`() throws {
    let error = #expect(throws: GPUError.self) {
      try model("V100").time(of: .matmul(MatmulKernel(m: 64, n: 64, k: 64, precision: .bf16)))
    }
    #expect(error?.description.contains("no bf16") == true && error?.description.contains("fp16") == true)
  }

  @Test func `FlashAttention moves bytes with S, the softmax of unfused scores alone with S squared`() throws {
    func bytes(_ sequence: Int) throws -> (flash: Double, unfused: Double) {
      let flash = AttentionKernel(
        batch: 1, queries: sequence, keys: sequence, heads: 16, keyValueHeads: 16, headSize: 64, causal: true,
        precision: .fp16)
      let softmax = RowKernel(.softmax, rows: 16 * sequence, columns: sequence, size: 2)
      let model = try model("A100")
      return (try model.time(of: .attention(flash)).dramBytes, try model.time(of: .rows(softmax)).dramBytes)
    }
    let (short, long) = (try bytes(4096), try bytes(8192))
    #expect(long.flash / short.flash == 2)
    #expect((3.9...4.6).contains(long.unfused / short.unfused))
    #expect(long.unfused > 50 * long.flash)
  }

  @Test func `A small product is bound by its launch, a large one by its arithmetic`() throws {
    let model = try model("A100")
    let small = try model.time(of: .matmul(MatmulKernel(m: 64, n: 64, k: 64, precision: .bf16)))
    let large = try model.time(of: .matmul(MatmulKernel(m: 8192, n: 8192, k: 8192, precision: .bf16)))
    #expect(small.limiter == .launch)
    #expect([.tensorCores, .power].contains(large.limiter))
    #expect(large.rate.flopsPerSecond > 0.7 * 312e12)
  }

  @Test func `A GPU that nobody measured is predicted from its generation`() throws {
    let (calibration, catalogue) = (try Calibration.builtIn(), try GPUCatalogue.builtIn())
    let h200 = try catalogue.gpu(named: "H200")
    #expect(!calibration.isFitted("matmul_tensor", for: h200))
    let product = MatmulKernel(m: 8192, n: 8192, k: 8192, precision: .bf16)
    let time = try KernelModel(h200, calibration).time(of: .matmul(product))
    // Measured on an H200: 769 to 798 TFLOP/s on random data.
    #expect((700e12...860e12).contains(time.rate.flopsPerSecond))
  }
}
