import ArgumentParser
import Execution
import Foundation
import Host
import Model
import Program
import Quantities

/// Every operation of a training step by itself, on one core, beside this machine's matrix products and PyTorch's kernels.
struct KernelsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Operations of a training step on one core: time, GFLOP/s, GB/s.")

  @Option(help: "Whose shapes.") var model = BenchModel.small
  @Option(help: "Seconds for each operation.") var seconds = 0.3
  @Option(help: "The Python interpreter that has PyTorch.") var peerPython: String?
  @Option(help: "PyTorch's side.") var peerScript = "bench/torch_kernels.py"
  @Option(help: "Write all measurements to a JSON file.") var json: String?

  func run() throws {
    useOneMatmulThread()
    let device = try HostDevice(transport: nil)
    let peer = try peerTimes()
    print("operation                         median µs (least–most)      GFLOP/s    GB/s   PyTorch µs   ratio")
    var rows: [KernelMeasurement] = []
    for (name, operation) in operations {
      let row = try measure(name, operation, device, peer[name])
      rows.append(row)
      print(row.line)
    }
    print("one core's matrix products, 512³: \(try measureMatmulRate(.float32))")
    try write(rows, to: json)
  }

  /// The operations by the names that `bench/torch_kernels.py` uses.
  private var operations: [(String, Program.Operation)] {
    let c = model.configuration
    let (rows, h, type) = (model.batch * model.sequence, c.hidden, ScalarType.float32)
    let norm = NormShape(rows: rows, columns: h, epsilon: 1e-5, bias: true)
    let heads = AttentionShape(
      batch: model.batch, sequence: model.sequence, heads: c.heads, keyValueHeads: c.heads, headSize: c.headSize,
      causal: true)
    let adamw = OptimizerRule.adamw(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1)
    return [
      ("linear", .matmul(MatmulShape(m: rows, n: 4 * h, k: h, bias: true), type, result: type)),
      ("linear input gradient", .matmul(MatmulShape(m: rows, n: h, k: 4 * h, transposeB: true), type, result: type)),
      ("linear weight gradient", .matmul(MatmulShape(m: h, n: 4 * h, k: rows, transposeA: true), type, result: type)),
      ("attention", .attention(heads, type)), ("attention backward", .attentionBackward(heads, type)),
      ("gelu", .activation(.geluTanh, count: rows * 4 * h, type)),
      ("gelu backward", .activationBackward(.geluTanh, count: rows * 4 * h, type)),
      ("layer norm", .norm(norm, type)),
      ("layer norm backward", .normBackward(norm, accumulate: false, type, gradient: type)),
      ("cross entropy", .crossEntropy(rows: rows, vocabulary: c.vocabularySize, type)),
      ("residual add", .residualAdd(rows: rows, columns: h, nil, type)),
      ("adamw", .optimizerStep(adamw, count: 12 * h * h, guarded: false, gradient: type, type)),
    ]
  }

  private func measure(
    _ name: String, _ operation: Program.Operation, _ device: HostDevice, _ peer: Double?
  ) throws -> KernelMeasurement {
    let executor = Executor(device: device)
    let books = operation.operands
    let tensors = OperandTensors(books, executor)
    var times: [Double] = []
    let began = DispatchTime.now().uptimeNanoseconds
    while times.count < 7 || Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9 < seconds {
      let start = DispatchTime.now().uptimeNanoseconds
      device.launch(operation, reading: tensors.reading, writing: tensors.writing, on: .compute)
      times.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }
    let spread = Spread(Array(times.dropFirst(2)))
    return KernelMeasurement(
      operation: name, microseconds: Spread(times.dropFirst(2).map { $0 * 1e6 }),
      gflops: Double(operation.flops.value) / spread.median / 1e9,
      gigabytesPerSecond: Double((operation.bytesRead + operation.bytesWritten).value) / spread.median / 1e9,
      peerMicroseconds: peer)
  }

  private func peerTimes() throws -> [String: Double] {
    guard let peerPython else { return [:] }
    let rows = try jsonLines(
      ["OMP_NUM_THREADS=1", peerPython, peerScript, "--model", model.rawValue, "--seconds", "\(seconds)"],
      as: PeerKernel.self)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.operation, $0.microseconds) })
  }
}

struct KernelMeasurement: Codable {
  var operation: String
  var microseconds: Spread
  var gflops, gigabytesPerSecond: Double
  var peerMicroseconds: Double?

  var line: String {
    let peer = peerMicroseconds.map { String(format: "%12.0f %7.2f", $0, $0 / microseconds.median) } ?? ""
    return operation.padding(toLength: 30, withPad: " ", startingAt: 0)
      + microseconds.text("%.0f").padding(toLength: 30, withPad: " ", startingAt: 0)
      + String(format: "%8.1f %8.1f", gflops, gigabytesPerSecond) + peer
  }
}

struct PeerKernel: Codable {
  var operation: String
  var microseconds: Double
}

/// Memory for an operation's operands, with harmless values: ids are zero, numbers one half.
private final class OperandTensors {
  private(set) var reading: [Operand] = []
  private(set) var writing: [Operand] = []

  /// The tensors are the device's to the end: this is a benchmark, and its device goes with it.
  init(_ operands: Operands, _ executor: Executor) {
    let make = { (operand: Operands.Operand) -> Operand in
      let spec = TensorSpec([operand.count], operand.type)
      let id = executor.device.allocate(spec, .workspace)
      executor.device.launch(
        .fill(count: operand.count, value: operand.type == .int32 ? 0 : 0.5, operand.type), reading: [],
        writing: [Operand(id)], on: .compute)
      return Operand(id)
    }
    (reading, writing) = (operands.reads.map(make), operands.writes.map(make))
  }
}
