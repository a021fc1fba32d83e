import Cluster
import GPUModel

/// Kernels from the columns of a table.
extension Kernel {
  init(_ row: CSVTable.Row) throws(MeasurementError) {
    switch row["op"] {
    case "gemm", "bmm": self = .matmul(try MatmulKernel(row))
    case "attention_fwd", "attention_bwd": self = .attention(try AttentionKernel(row))
    case "softmax": self = .rows(try RowKernel(.softmax, row))
    case "layernorm": self = .rows(try RowKernel(.layerNorm, row))
    case "rmsnorm": self = .rows(try RowKernel(.rmsNorm, row))
    case "elementwise": self = .streaming(try StreamingKernel(row))
    case let other: throw MeasurementError("op '\(other)' has no model")
    }
  }
}

extension CSVTable.Row {
  fileprivate func count(_ column: String, default standard: Int? = nil) throws(MeasurementError) -> Int {
    try count(column, default: standard, most: 1_000_000_000)
  }

  fileprivate func precision(_ column: String = "dtype") throws(MeasurementError) -> MathPrecision {
    guard let precision = MathPrecision(rawValue: self[column].lowercased()) else {
      let known = MathPrecision.allCases.map(\.rawValue).joined(separator: ", ")
      throw MeasurementError("\(column) '\(self[column])' has no model; those with one: \(known)")
    }
    return precision
  }
}

extension MatmulKernel {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let precision = try row.precision()
    var (m, n) = (try row.count("m"), try row.count("n"))
    let (batch, k) = (try row.count("batch", default: 1), try row.count("k"))
    try refuseWork(2, Double(batch), Double(m), Double(n), Double(k), words: "2 · batch · m · n · k")
    // Column-major C[m,n] is row-major C[n,m].
    if row["op_detail"].contains("column major") { swap(&m, &n) }
    self.init(
      batch: batch, m: m, n: n, k: k, precision: precision, layout: try Layout(row),
      resultSize: row["out_dtype"].isEmpty ? nil : try row.precision("out_dtype").size,
      accumulates: row["op_detail"].contains("accumulate"))
  }
}

extension MatmulKernel.Layout {
  /// An empty cell is a linear layer's forward, or a plain batched product.
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let text = row["layout"]
    let usual: Self? = text.isEmpty ? (row["op"] == "bmm" ? .nn : .tn) : nil
    guard let layout = usual ?? Self(rawValue: text.uppercased()) else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw MeasurementError("layout '\(text)' is none of \(known)")
    }
    self = layout
  }
}

extension AttentionKernel {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let (heads, queries) = (try row.count("heads"), try row.count("seq_q"))
    let keyValueHeads = try row.count("kv_heads", default: heads)
    guard heads.isMultiple(of: keyValueHeads) else {
      throw MeasurementError("kv_heads \(keyValueHeads) does not divide heads \(heads)")
    }
    self.init(
      batch: try row.count("batch", default: 1), queries: queries, keys: try row.count("seq_kv", default: queries),
      heads: heads, keyValueHeads: keyValueHeads, headSize: try row.count("head_dim"),
      valueSize: try AttentionKernel.valueSize(row["op_detail"]), causal: try AttentionKernel.isCausal(row),
      backward: row["op"] == "attention_bwd", precision: try row.precision(),
      fillsCache: row["notes"].contains("paged KV write"))
    try refuseWork(
      10, Double(batch), Double(heads), Double(queries), Double(keys), Double(max(headSize, valueSize)),
      words: "10 · batch · heads · seq_q · seq_kv · head_dim")
  }

  /// `v_dim 128`, where values are narrower than keys.
  private static func valueSize(_ detail: String) throws(MeasurementError) -> Int? {
    guard let match = detail.firstMatch(of: #/v_dim (-?\d+)/#) else { return nil }
    guard let size = Int(match.1), (1...65536).contains(size) else {
      throw MeasurementError("op_detail: v_dim \(match.1) is not between 1 and 65,536")
    }
    return size
  }

  private static func isCausal(_ row: CSVTable.Row) throws(MeasurementError) -> Bool {
    switch row["causal"].lowercased() {
    case "", "1", "true": true
    case "0", "false": false
    default: throw MeasurementError("causal '\(row["causal"])' is none of 0, 1, true, false")
    }
  }
}

extension RowKernel {
  fileprivate init(_ function: Function, _ row: CSVTable.Row) throws(MeasurementError) {
    let framework = row["framework"].lowercased()
    let (rows, columns) = (try row.count("rows"), try row.count("cols"))
    try refuseWork(Double(rows), Double(columns), words: "rows · cols")
    self.init(
      function, rows: rows, columns: columns, size: try row.precision().size,
      isScalar: framework.contains("sarathi") || framework.contains("vllm"))
  }
}

extension StreamingKernel {
  /// Operands by the words of the detail: two inputs, a gated pair of them, or one.
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let size = try row.precision().size
    let detail = row["op_detail"].lowercased()
    let elements = try StreamingKernel.elements(row)
    let isPair = detail.contains("tensor-tensor") || detail.contains("siluandmul") || detail.hasSuffix("add")
    let special = ["gelu", "tanh", "pow", "silu", "div", "sigmoid", "exp"].contains { detail.contains($0) }
    self.init(
      bytesRead: (isPair ? 2 : 1) * elements * size, bytesWritten: elements * size,
      operations: (special ? 8 : 1) * elements, specialFunctions: special ? elements : 0, elements: elements,
      rowBlocks: detail.contains("siluandmul") ? try row.count("rows", default: 1) : 0)
  }

  /// The number of values, or the sides of the matrix that they fill.
  private static func elements(_ row: CSVTable.Row) throws(MeasurementError) -> Int {
    guard row["elements"].isEmpty else { return try row.count("elements", most: 1_000_000_000_000_000) }
    let (rows, columns) = (try row.count("rows"), try row.count("cols"))
    try refuseWork(Double(rows), Double(columns), words: "rows · cols")
    return rows * columns
  }
}
