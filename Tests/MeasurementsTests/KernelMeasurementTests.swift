import Cluster
import GPUModel
import Measurements
import Testing

/// Every operation of a table becomes the kernel that was measured, or is refused with a reason.
@Suite struct KernelMeasurementTests {
  private func kernel(_ changes: [String: String]) throws -> Kernel {
    let table = try TestData.table(TestData.product.merging(changes) { $1 })
    return try #require(table.samples.first, "\(table.refusals)").measurement.kernel
  }

  @Test func `a matrix product has its sizes, type and layout`() throws {
    #expect(try kernel([:]) == .matmul(MatmulKernel(m: 2048, n: 4096, k: 1024, precision: .bf16, layout: .tn)))
    let accumulated = ["layout": "NT", "out_dtype": "fp32", "op_detail": "wgrad accumulate into fp32 main_grad"]
    #expect(
      try kernel(accumulated)
        == .matmul(
          MatmulKernel(
            m: 2048, n: 4096, k: 1024, precision: .bf16, layout: .nt, resultSize: 4, accumulates: true)))
    let batched = MatmulKernel(batch: 12, m: 2048, n: 4096, k: 1024, precision: .fp16, layout: .nn)
    #expect(try kernel(["op": "bmm", "batch": "12", "dtype": "fp16", "layout": ""]) == .matmul(batched))
  }

  @Test func `a column-major product is the row-major one with its sides exchanged`() throws {
    let columnMajor = try kernel(["op_detail": "cuBLAS gemm (column major)"])
    #expect(columnMajor == .matmul(MatmulKernel(m: 4096, n: 2048, k: 1024, precision: .bf16, layout: .tn)))
  }

  private static let attention = [
    "op": "attention_fwd", "batch": "2", "seq_q": "512", "seq_kv": "1024", "heads": "16", "kv_heads": "4",
    "head_dim": "128", "causal": "1",
  ]

  @Test func `attention has its lengths, heads and mask`() throws {
    let base = AttentionKernel(
      batch: 2, queries: 512, keys: 1024, heads: 16, keyValueHeads: 4, headSize: 128, causal: true, precision: .bf16)
    #expect(try kernel(Self.attention) == .attention(base))
    var other = base
    (other.keys, other.keyValueHeads, other.causal, other.backward) = (512, 16, false, true)
    let short = ["op": "attention_bwd", "seq_kv": "", "kv_heads": "", "causal": "0"]
    #expect(try kernel(Self.attention.merging(short) { $1 }) == .attention(other))
    other = base
    other.valueSize = 64
    #expect(try kernel(Self.attention.merging(["op_detail": "qk_dim 128, v_dim 64"]) { $1 }) == .attention(other))
  }

  @Test(arguments: [
    ("softmax", RowKernel.Function.softmax), ("layernorm", .layerNorm), ("rmsnorm", .rmsNorm),
  ])
  func `softmax and norms have rows and columns`(op: String, function: RowKernel.Function) throws {
    let row = ["op": op, "rows": "4096", "cols": "768", "dtype": "fp32"]
    #expect(try kernel(row) == .rows(RowKernel(function, rows: 4096, columns: 768, size: 4)))
  }

  @Test(arguments: [
    ("add tensor-tensor", 2, 0), ("internlm/internlm-20b add", 2, 0), ("relu tensor-scalar/unary", 1, 0),
    ("gelu tensor-scalar/unary", 1, 1), ("mlp_act (SiluAndMul: reads 2F, writes F)", 2, 1),
  ])
  func `elementwise functions read as many tensors as their words say`(
    detail: String, inputs: Int, special: Int
  ) throws {
    let row = ["op": "elementwise", "op_detail": detail, "elements": "1000"]
    guard case .streaming(let kernel) = try kernel(row) else {
      Issue.record("no streaming kernel")
      return
    }
    #expect(kernel.bytesRead == inputs * 2000)
    #expect(kernel.bytesWritten == 2000)
    #expect(kernel.specialFunctions == special * 1000)
    let sides = ["op": "elementwise", "op_detail": detail, "rows": "10", "cols": "100"]
    guard case .streaming(let same) = try self.kernel(sides) else { return }
    #expect((same.bytesRead, same.elements) == (kernel.bytesRead, kernel.elements))
    // A library's gated activation gives each row a block.
    #expect(same.rowBlocks == (detail.contains("SiluAndMul") ? 10 : 0))
  }

  @Test(arguments: [
    ("no (CUDA graph)", LaunchContext.graph), ("no (kernel time from profiler)", .kernelAlone), ("included", .eager),
    ("included (python+launch+sync, ~15-50us floor)", .synchronized), ("amortised (loop of launches)", .stream),
    ("", .stream),
  ])
  func `the words of a launch are understood`(text: String, launch: LaunchContext) throws {
    let table = try TestData.table(TestData.product.merging(["launch_overhead": text]) { $1 })
    #expect(table.samples.map(\.measurement.launch) == [launch])
  }

  @Test(arguments: [
    (["op": "grouped_gemm"], "op 'grouped_gemm' has no model"),
    (["dtype": "nvfp4"], "dtype 'nvfp4' has no model; those with one: fp64, fp32, tf32, fp16, bf16, fp8"),
    (["latency_us": ""], "latency_us '' is not a time above zero"),
    (["latency_us": "-3"], "latency_us '-3' is not a time above zero"),
    (["latency_us": "nan"], "latency_us 'nan' is not a time above zero"),
    (["m": ""], "m '' is not a whole number of at least 1"),
    (["k": "12.5"], "k '12.5' is not a whole number of at least 1"),
    (["n": "0"], "n '0' is not a whole number of at least 1"),
    (["gpu": "MI300X"], "'MI300X' is no GPU of the catalogue; orrery gpus lists them"),
    (["gpu": "P100-PCIe-16GB"], "Tesla P100 PCIe 16GB has no bf16 matrix products"),
  ])
  func `what has no model is refused with id and reason`(changes: [String: String], reason: String) throws {
    let table = try TestData.table(TestData.product.merging(changes) { $1 })
    #expect(table.samples.isEmpty)
    #expect(table.refusals.map(\.id) == ["a"])
    let found = try #require(table.refusals.first?.reason)
    #expect(found.hasPrefix(reason), "\(found)")
  }

  /// Mutants: a reader that ignores a column would not see these.
  @Test(arguments: [
    ["m": "2049"], ["n": "4097"], ["k": "1025"], ["batch": "2"], ["dtype": "fp16"], ["layout": "NN"],
    ["out_dtype": "fp32"], ["op_detail": "accumulate"], ["op_detail": "column major"],
  ])
  func `each column of a product matters`(change: [String: String]) throws {
    #expect(try kernel(change) != kernel([:]))
  }
}
