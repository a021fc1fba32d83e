import Cluster
package import GPUModel

/// One measured kernel: a row of a table with the columns of docs/gpu-model.md.
package struct KernelMeasurement: Sendable {
  package var id, group, gpuName, operation, detail, type, framework: String
  package var kernel: Kernel
  package var launch: LaunchContext
  package var power: PowerState
  package var seconds: Double
  /// The reduction order of a library's kernel name, and others that a fit may look at.
  package var kernelName: String

  /// A row that no kernel describes.
  package struct Refusal: Error, Sendable {
    package var id, gpuName, operation, reason: String
  }

  package static let columns = ["gpu", "op", "dtype", "latency_us"]

  package init(_ row: CSVTable.Row) throws(Refusal) {
    id = row["id"].isEmpty ? "line \(row.line)" : row["id"]
    (group, gpuName, operation, detail) = (row["group"], row["gpu"], row["op"], row["op_detail"])
    (type, framework, kernelName) = (row["dtype"], row["framework"], row["kernel_name"])
    launch = LaunchContext(row["launch_overhead"])
    power = PowerState(timing: row["timing"], notes: row["notes"])
    do {
      seconds = try row.microseconds("latency_us") * 1e-6
      kernel = try Kernel(row)
    } catch { throw Refusal(id: id, gpuName: gpuName, operation: operation, reason: error.description) }
  }
}

extension LaunchContext {
  /// From the words of a `launch_overhead` cell; a row that says nothing was measured in a loop of launches.
  init(_ text: String) {
    let text = text.lowercased()
    if text.contains("profiler") {
      self = .kernelAlone
    } else if text.contains("graph") {
      self = .graph
    } else if text.contains("python") {
      self = .synchronized
    } else if text.hasPrefix("included") {
      self = .eager
    } else {
      self = .stream
    }
  }
}

extension PowerState {
  /// From the words of a row's `timing` and `notes`.
  init(timing: String, notes: String) {
    if notes.lowercased().contains("dummy") {
      self = .quiet
    } else {
      self = timing.lowercased().contains("sustained") ? .sustained : .burst
    }
  }
}

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
  fileprivate func microseconds(_ column: String) throws(MeasurementError) -> Double {
    guard let value = Double(self[column]), value > 0, value.isFinite else {
      throw MeasurementError("\(column) '\(self[column])' is not a time above zero")
    }
    return value
  }

  fileprivate func count(_ column: String, default standard: Int? = nil) throws(MeasurementError) -> Int {
    let text = self[column]
    if text.isEmpty, let standard { return standard }
    guard let value = Double(text), value >= 1, value < 1e15, value == value.rounded() else {
      throw MeasurementError("\(column) '\(text)' is not a whole number of at least 1")
    }
    return Int(value)
  }

  fileprivate func precision() throws(MeasurementError) -> MathPrecision {
    guard let precision = MathPrecision(rawValue: self["dtype"].lowercased()) else {
      let known = MathPrecision.allCases.map(\.rawValue).joined(separator: ", ")
      throw MeasurementError("dtype '\(self["dtype"])' has no model; those with one: \(known)")
    }
    return precision
  }
}

extension MatmulKernel {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let precision = try row.precision()
    var (m, n) = (try row.count("m"), try row.count("n"))
    // Column-major C[m,n] is row-major C[n,m].
    if row["op_detail"].contains("column major") { swap(&m, &n) }
    let result = MathPrecision(rawValue: row["out_dtype"].lowercased())
    self.init(
      batch: try row.count("batch", default: 1), m: m, n: n, k: try row.count("k"), precision: precision,
      layout: Layout(rawValue: row["layout"]) ?? (row["op"] == "bmm" ? .nn : .tn), resultSize: result?.size,
      accumulates: row["op_detail"].contains("accumulate"))
  }
}

extension AttentionKernel {
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let heads = try row.count("heads")
    let queries = try row.count("seq_q")
    let headSize = try row.count("head_dim")
    self.init(
      batch: try row.count("batch", default: 1), queries: queries, keys: try row.count("seq_kv", default: queries),
      heads: heads, keyValueHeads: try row.count("kv_heads", default: heads), headSize: headSize,
      valueSize: AttentionKernel.valueSize(row["op_detail"]), causal: row["causal"] != "0",
      backward: row["op"] == "attention_bwd", precision: try row.precision(),
      fillsCache: row["notes"].contains("paged KV write"))
  }

  /// `v_dim 128`, where values are narrower than keys.
  private static func valueSize(_ detail: String) -> Int? {
    detail.firstMatch(of: #/v_dim (\d+)/#).flatMap { Int($0.1) }
  }
}

extension RowKernel {
  fileprivate init(_ function: Function, _ row: CSVTable.Row) throws(MeasurementError) {
    let framework = row["framework"].lowercased()
    self.init(
      function, rows: try row.count("rows"), columns: try row.count("cols"), size: try row.precision().size,
      isScalar: framework.contains("sarathi") || framework.contains("vllm"))
  }
}

extension StreamingKernel {
  /// Operands by the words of the detail: two inputs, a gated pair of them, or one.
  fileprivate init(_ row: CSVTable.Row) throws(MeasurementError) {
    let size = try row.precision().size
    let detail = row["op_detail"].lowercased()
    let given = row["elements"].isEmpty
    let elements = given ? try row.count("rows") * row.count("cols") : try row.count("elements")
    let isPair = detail.contains("tensor-tensor") || detail.contains("siluandmul") || detail.hasSuffix("add")
    let special = ["gelu", "tanh", "pow", "silu", "div", "sigmoid", "exp"].contains { detail.contains($0) }
    self.init(
      bytesRead: (isPair ? 2 : 1) * elements * size, bytesWritten: elements * size,
      operations: (special ? 8 : 1) * elements, specialFunctions: special ? elements : 0, elements: elements,
      rowBlocks: detail.contains("siluandmul") ? try row.count("rows", default: 1) : 0)
  }
}
