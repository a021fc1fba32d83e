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

  private static let rows = ["op": "softmax", "rows": "8", "cols": "8"]
  private static let elementwise = ["op": "elementwise", "op_detail": "add", "rows": "8", "cols": "8"]

  /// Products of such counts would overflow, here or in what is made of the kernel.
  @Test(arguments: [
    (["m": "2e9"], "m '2e9' is above 1,000,000,000"), (["k": "1e15"], "k '1e15' is above 1,000,000,000"),
    (["n": "inf"], "n 'inf' is above 1,000,000,000"),
    (["m": "1e9", "n": "1e9"], "2 · batch · m · n · k is above 1e17"),
    (["batch": "1e9"], "2 · batch · m · n · k is above 1e17"),
    (rows.merging(["rows": "1e9", "cols": "1e9"]) { $1 }, "rows · cols is above 1e17"),
    (elementwise.merging(["rows": "1e9", "cols": "1e9"]) { $1 }, "rows · cols is above 1e17"),
    (elementwise.merging(["elements": "1e18"]) { $1 }, "elements '1e18' is above 1,000,000,000,000,000"),
    (attention.merging(["seq_q": "1e8", "seq_kv": "1e8"]) { $1 }, "10 · batch · heads · seq_q · seq_kv · head_dim is"),
    (attention.merging(["op_detail": "v_dim 65536", "seq_q": "1e6", "seq_kv": "1e6"]) { $1 }, "10 · batch · heads"),
    (["latency_us": "1e300"], "latency_us '1e300' is no time that anything takes"),
    (["latency_us": "1e-300"], "latency_us '1e-300' is no time that anything takes"),
  ])
  func `work that no kernel does is refused`(changes: [String: String], reason: String) throws {
    try expectRefusal(changes, reason)
  }

  /// The largest that are read must not overflow in any model either.
  @Test(arguments: [
    ["m": "1e9", "n": "1e7", "k": "5"], ["m": "1", "n": "1", "k": "1e9", "batch": "5e7", "op": "bmm", "dtype": "fp32"],
    ["m": "1", "n": "1", "k": "1", "batch": "1e9", "op": "bmm"],
    rows.merging(["rows": "1e9", "cols": "1e8"]) { $1 }, rows.merging(["rows": "1e8", "cols": "1e9"]) { $1 },
    rows.merging(["op": "layernorm", "rows": "1e9", "cols": "1", "framework": "vllm"]) { $1 },
    elementwise.merging(["rows": "1e9", "cols": "1e8", "op_detail": "tanh tensor-tensor", "dtype": "fp32"]) { $1 },
    elementwise.merging(["rows": "1e9", "cols": "1", "op_detail": "SiluAndMul"]) { $1 },
    attention.merging(["batch": "1e9", "heads": "1e7", "kv_heads": "1", "seq_q": "1", "seq_kv": "1", "head_dim": "1"]) {
      $1
    },
    attention.merging(["batch": "1", "heads": "1", "kv_heads": "1", "seq_q": "1e8", "seq_kv": "1e8", "head_dim": "1"]) {
      $1
    },
    attention.merging([
      "op": "attention_bwd", "batch": "1", "heads": "4", "seq_q": "1", "seq_kv": "1", "head_dim": "1e9",
    ]) { $1 },
  ])
  func `the most work that is read has a time`(changes: [String: String]) throws {
    let table = try TestData.table(TestData.product.merging(changes) { $1 })
    try #require(table.samples.count == 1, "\(table.refusals)")
    let validation = try KernelValidation(table.samples, by: TestData.constants, fitted: FittedRows())
    let judgement = try #require(validation.judgements.first, "\(validation.refusals)")
    #expect(judgement.predicted > 0 && judgement.predicted.isFinite)
  }

  @Test(arguments: [
    (attention.merging(["causal": "yes"]) { $1 }, "causal 'yes' is none of 0, 1, true, false"),
    (attention.merging(["kv_heads": "3"]) { $1 }, "kv_heads 3 does not divide heads 16"),
    (attention.merging(["kv_heads": "32"]) { $1 }, "kv_heads 32 does not divide heads 16"),
    (attention.merging(["op_detail": "v_dim 0"]) { $1 }, "op_detail: v_dim 0 is not between 1 and 65,536"),
    (attention.merging(["op_detail": "v_dim 99999999999999999999"]) { $1 }, "op_detail: v_dim 99999999999999999999 is"),
    (["layout": "NTT"], "layout 'NTT' is none of NN, TN, NT, TT"),
    (["out_dtype": "int8"], "out_dtype 'int8' has no model; those with one: fp64"),
    (["launch_overhead": "maybe"], "launch_overhead 'maybe' is unknown; known: 'no (CUDA graph)'"),
  ])
  func `a word that is not understood is refused, with those that are`(
    changes: [String: String], reason: String
  ) throws {
    try expectRefusal(changes, reason)
  }

  private func expectRefusal(_ changes: [String: String], _ reason: String) throws {
    let table = try TestData.table(TestData.product.merging(changes) { $1 })
    #expect(table.samples.isEmpty)
    let refusal = try #require(table.refusals.first)
    #expect(refusal.description.hasPrefix("a: \(reason)"), "\(refusal)")
  }

  @Test func `layouts and masks are read in either case`() throws {
    #expect(try kernel(["layout": "nt"]) == kernel(["layout": "NT"]))
    for (word, same) in [("", "1"), ("TRUE", "1"), ("False", "0")] {
      let (found, expected) = (["causal": word], ["causal": same])
      #expect(try kernel(Self.attention.merging(found) { $1 }) == kernel(Self.attention.merging(expected) { $1 }))
    }
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
