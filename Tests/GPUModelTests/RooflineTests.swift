import Cluster
import GPUModel
import Quantities
import Testing

struct RooflineTests {
  private func roofline(_ name: String, _ precision: MathPrecision) throws -> Roofline {
    try Roofline(try GPUCatalogue.builtIn().gpu(named: name), precision, try Calibration.builtIn())
  }

  @Test func `memory and arithmetic meet at the ridge`() throws {
    for gpu in try GPUCatalogue.builtIn().gpus {
      for precision in gpu.precisions where gpu.matmulRates[.fp32] != nil {
        let roofline = try Roofline(gpu, precision, try Calibration.builtIn())
        let below = roofline.attainable(roofline.ridge / 2)
        #expect(abs(below / roofline.peak - 0.5) < 1e-9, "\(gpu.name)")
        #expect(roofline.attainable(roofline.ridge * 2) == roofline.peak)
        #expect(roofline.l2.bytesPerSecond > roofline.dram.bytesPerSecond, "\(gpu.name)")
      }
    }
  }

  @Test func `the A100 has its ridge where its data sheet puts it`() throws {
    #expect(abs(try roofline("A100 SXM4 80GB", .bf16).ridge - 312e12 / 2039e9) < 0.1)
  }

  @Test func `intensity divides useful work by what must move`() {
    let product = Kernel.matmul(MatmulKernel(m: 64, n: 32, k: 16, precision: .bf16))
    #expect(product.compulsoryBytes == Double((64 * 16 + 32 * 16 + 64 * 32) * 2))
    #expect(product.intensity == Double(2 * 64 * 32 * 16) / product.compulsoryBytes)
    let pass = Kernel.streaming(StreamingKernel(bytesRead: 40, bytesWritten: 20, operations: 30, elements: 10))
    #expect(pass.intensity == 0.5)
    let rows = Kernel.rows(RowKernel(.softmax, rows: 8, columns: 64, size: 2))
    #expect(rows.compulsoryBytes == Double(8 * 64 * 2 * 2))
  }
}
