import Cluster
import GPUModel
import Measurements
import Quantities
import Testing

@Suite struct PlainRooflineTests {
  private func microseconds(_ kernel: Kernel, _ gpu: String = "A100-SXM4-80GB") throws -> Double {
    try PlainRoofline(TestData.catalogue.gpu(named: gpu)).seconds(kernel) * 1e6
  }

  @Test func `a large product takes its FLOPs at the data sheet's peak, by hand`() throws {
    let gpu = try TestData.catalogue.gpu(named: "A100-SXM4-80GB")
    let peak = try gpu.peak(.bf16).flopsPerSecond
    let product = Kernel.matmul(MatmulKernel(m: 4096, n: 4096, k: 4096, precision: .bf16))
    #expect(abs(try microseconds(product) - 2 * 4096.0 * 4096 * 4096 / peak * 1e6) < 1e-9)
  }

  @Test func `a thin product takes its bytes, and twice the result where it accumulates`() throws {
    let bandwidth = try TestData.catalogue.gpu(named: "A100-SXM4-80GB").memoryBandwidth.bytesPerSecond
    let thin = MatmulKernel(m: 1, n: 4096, k: 4096, precision: .bf16)
    let bytes = 2.0 * (4096 + 4096 * 4096 + 4096)
    #expect(abs(try microseconds(.matmul(thin)) - bytes / bandwidth * 1e6) < 1e-9)
    var sum = thin
    sum.accumulates = true
    #expect(abs(try microseconds(.matmul(sum)) - (bytes + 2 * 4096) / bandwidth * 1e6) < 1e-9)
  }

  @Test func `a causal mask halves attention's FLOPs, not its bytes`() throws {
    func time(_ causal: Bool, queries: Int) throws -> Double {
      try microseconds(
        .attention(
          AttentionKernel(
            batch: 4, queries: queries, keys: 8192, heads: 32, keyValueHeads: 32, headSize: 128, causal: causal,
            precision: .bf16)))
    }
    #expect(abs(try time(true, queries: 8192) / time(false, queries: 8192) - 0.5) < 0.001)
    #expect(try time(true, queries: 1) == time(false, queries: 1))
  }

  /// The table has a count of its own, made by others. Backward attention is left out: the model counts half as many bytes again.
  @Test func `FLOPs and bytes of the fixture's rows are those of its columns`() throws {
    let rows = try CSVTable(parsing: TestData.fixtureText, name: "kernels.csv").rows
    let table = Dictionary(uniqueKeysWithValues: rows.map { ($0["id"], $0) })
    for sample in TestData.fixture.samples {
      let (id, kernel) = (sample.measurement.id, sample.measurement.kernel)
      if let bytes = table[id].flatMap({ Double($0["min_bytes"]) }), sample.family != .attentionBackward {
        #expect(abs(kernel.compulsoryBytes / bytes - 1) < 0.02, "\(id): \(kernel.compulsoryBytes) for \(bytes)")
      }
      if let flops = table[id].flatMap({ Double($0["flops"]) }) {
        #expect(abs(Double(kernel.flops.value) / flops - 1) < 0.02, "\(id): \(kernel.flops) for \(flops)")
      }
    }
  }
}
