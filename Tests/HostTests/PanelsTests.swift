import Execution
import Foundation
import Host
import Program
import Quantities
import Testing

/// One operation in 16 bits beside the same in fp32 on the same values, and both results in the 16-bit one's types.
private struct Comparison {
  let operation: Program.Operation
  let panels, whole: [Data]

  init(_ half: Program.Operation, _ single: Program.Operation, _ bench: HostBench, coarse: Bool = false) {
    var contents = Contents()
    contents.coarse = coarse
    let (types, wide) = (half.operands, single.operands)
    let reads = types.reads.map { contents.fill($0, bench) }
    let writes = types.writes.map { contents.fill($0, bench) }
    func widened(_ bytes: [Data], _ from: [Operands.Operand], _ to: [Operands.Operand]) -> [Data] {
      zip(bytes, zip(from, to)).map { bench.convert($0, $1.0.type, $1.1.type) }
    }
    let results = bench.run(
      single, reading: widened(reads, types.reads, wide.reads), writing: widened(writes, types.writes, wide.writes))
    operation = half
    panels = bench.run(half, reading: reads, writing: writes)
    whole = widened(results, wide.writes, types.writes)
    finite = zip(panels, types.writes).allSatisfy {
      bench.convert($0, $1.type, .float64).values(Double.self).allSatisfy(\.isFinite)
    }
  }

  /// Bytes that differ.
  var differences: Int { zip(panels, whole).reduce(0) { $0 + zip($1.0, $1.1).filter { $0 != $1 }.count } }
  /// Whether every value is a number, so that equal bytes mean equal values.
  let finite: Bool
}

private let halves: [ScalarType] = [.bfloat16, .float16]

@Suite("16-bit operations in panels")
struct PanelsTests {
  @Test("are fp32's on the same values, rounded once", arguments: halves, [true, false])
  func exact(_ type: ScalarType, wideGradients: Bool) throws {
    let bench = try HostBench()
    let half = HalfOperations.exact(type, gradient: wideGradients ? .float32 : type)
    for (half, single) in zip(half, HalfOperations.exact(.float32, gradient: .float32)) {
      let comparison = Comparison(half, single, bench)
      let (differences, finite) = (comparison.differences, comparison.finite)
      #expect(differences == 0 && finite, "\(half)")
    }
  }

  @Test("multiply exactly what can be multiplied exactly", arguments: halves, [true, false])
  func products(_ type: ScalarType, wideResult: Bool) throws {
    let bench = try HostBench()
    let half = HalfOperations.products(type, result: wideResult ? .float32 : type)
    for (half, single) in zip(half, HalfOperations.products(.float32, result: .float32)) {
      let comparison = Comparison(half, single, bench, coarse: true)
      let (differences, finite) = (comparison.differences, comparison.finite)
      #expect(differences == 0 && finite, "\(half)")
    }
  }

  @Test("multiply within two units in the last place of one", arguments: halves)
  func roughProducts(_ type: ScalarType) throws {
    let bench = try HostBench()
    let half = HalfOperations.products(type, result: type)
    for (half, single) in zip(half, HalfOperations.products(.float32, result: .float32)) {
      let comparison = Comparison(half, single, bench)
      let (a, b) = (
        bench.convert(comparison.panels[0], type, .float32).values(Float.self),
        bench.convert(comparison.whole[0], type, .float32).values(Float.self)
      )
      let unit: Float = type == .bfloat16 ? 0x1p-7 : 0x1p-10
      let worst = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1) / (max(1, abs($1.1)) * unit)) }
      #expect(a.count == b.count && worst <= 2, "\(half)")
    }
  }

  @Test("sum in fp64", arguments: halves)
  func totals(_ type: ScalarType) throws {
    let bench = try HostBench()
    for (half, single) in zip(HalfOperations.totals(type), HalfOperations.totals(.float32)) {
      let comparison = Comparison(half, single, bench)
      let (a, b) = (comparison.panels[0].values(Double.self)[0], comparison.whole[0].values(Double.self)[0])
      #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "\(half)")
    }
  }

  @Test("may write over what they read", arguments: halves)
  func aliases(_ type: ScalarType) throws {
    let bench = try HostBench()
    let (rows, columns) = (HalfOperations.rows, HalfOperations.columns)
    let operations: [Program.Operation] = [
      .activationBackward(.gelu, count: rows * columns, type),
      .dropoutBackward(rows: rows, columns: columns, HalfOperations.dropout, type),
      .normBackward(
        NormShape(rows: rows, columns: columns, epsilon: 1e-5, bias: true), accumulate: true, type, gradient: type),
    ]
    for operation in operations {
      let (same, apart) = (
        aliased(operation, bench, sharing: true), aliased(operation, bench, sharing: false)
      )
      #expect(same == apart, "\(operation)")
    }
  }

  /// The first written operand's result, where that is the first read one, or is not.
  private func aliased(_ operation: Program.Operation, _ bench: HostBench, sharing: Bool) -> Data {
    var contents = Contents()
    let operands = operation.operands
    let r = operands.reads.map { bench.operand($0, contents.fill($0, bench)) }
    var w = operands.writes.map { bench.operand($0, contents.fill($0, bench)) }
    if sharing { w[0] = r[0] }
    bench.device.launch(operation, reading: r, writing: w, on: .compute)
    return bench.device.read(w[0], count: operands.writes[0].count)!
  }

  @Test("stage no more than 34 MiB for a product and 256 KiB an operand for a row of values")
  func staging() throws {
    let bench = try HostBench()
    let count = HalfOperations.count
    _ = Comparison(
      .activationBackward(.gelu, count: count, .bfloat16), .activationBackward(.gelu, count: count, .float32), bench)
    let elementwise = bench.device.hostScratch.value
    let factors = [1040 * 2100, 2100 * 2080].map { ones($0, bench) }
    let product = bench.operand(operand(1040 * 2080), Data(count: 2 * 1040 * 2080))
    bench.device.launch(
      .matmul(MatmulShape(m: 1040, n: 2080, k: 2100), .bfloat16, result: .bfloat16), reading: factors,
      writing: [product],
      on: .compute)
    let values = Set(bench.device.read(product, count: 1040 * 2080)!.values(UInt16.self))
    let staged = bench.device.hostScratch.value
    #expect(elementwise <= 3 * 256 << 10 && staged <= 34 << 20)
    // 2100 is between the bf16 values 2096 and 2112.
    #expect(values == [UInt16(Float(2096).bitPattern >> 16)])
  }

  private func operand(_ count: Int) -> Operands.Operand { Operation.copy(count: count, .bfloat16).operands.reads[0] }

  private func ones(_ count: Int, _ bench: HostBench) -> Execution.Operand {
    let result = bench.operand(operand(count), Data(count: 2 * count))
    bench.device.launch(.fill(count: count, value: 1, .bfloat16), reading: [], writing: [result], on: .compute)
    return result
  }
}
