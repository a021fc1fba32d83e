import Execution
import Mesh
import Quantities
import Testing
import Training

@Suite("Errors, gaps and their order")
struct VerificationComparisonTests {
  private func error(_ values: [Double], _ reference: [Double], floor: Double = 0) -> Double {
    var comparison = Comparison()
    comparison.add(values, reference, at: 0)
    return comparison.error(floor: floor)
  }

  @Test("An error is relative to the reference, or to the floor where that is larger")
  func relative() {
    let plain = error([3, 4.5], [3, 4])
    let floored = error([0, 0.1], [0, 0], floor: 1)
    let zero = error([0, 0], [0, 0])
    let nothing = error([1e-100], [0])
    #expect(plain == 0.1)
    #expect(abs(floored - 0.1 / 2.0.squareRoot()) < 1e-15)
    #expect(zero == 0)
    #expect(nothing == .infinity)
  }

  @Test("What is not a number is infinitely far from everything, itself too; equal infinities agree")
  func notNumbers() {
    let (one, both) = (error([.nan], [1]), error([.nan], [.nan]))
    let (infinite, equal) = (error([.infinity], [1]), error([.infinity, 1], [.infinity, 1]))
    #expect(one == .infinity && both == .infinity && infinite == .infinity)
    #expect(equal == 0)
  }

  @Test("The worst value is named by its index in the whole tensor, beyond what is let pass")
  func worst() {
    var comparison = Comparison()
    comparison.add([1, 2], [1, 2.5], at: 10)
    comparison.add([9, 4], [1, 3], at: 20) { $0 == 20 ? 10 : 0 }
    #expect(comparison.worst == Comparison.Worst(index: 21, value: 4, reference: 3))
    #expect(comparison.count == 4)
  }

  @Test("A value that no rank has is a gap", arguments: [[0..<3], [0..<2, 3..<4], [1..<4], []])
  func gaps(ranges: [Range<Int>]) {
    let key = ComparedTensor(.gradient, "w")
    let tensor = ReferenceTensor(
      order: 0, shape: [2, 2], bytes: Values.bytes([1, 2, 3, 4], as: .float64), type: .float64)
    let step = ReferenceStep(step: 1, tensors: [key: tensor])
    var (partial, whole) = (Coverage(), Coverage())
    for range in ranges { partial.add(key, range) }
    for range in [2..<4, 0..<3] { whole.add(key, range) }
    let (gaps, none) = (partial.gaps(in: step), whole.gaps(in: step))
    #expect(gaps.count == 1 && gaps[0].leavesBudget)
    #expect(none.isEmpty)
  }

  @Test("The first deviation of the program is named, with its ranks, its error and its worst value")
  func report() {
    var report = VerificationReport(mesh: Mesh([.data: 2]), budget: 1e-9)
    let deviation = { (kind: ComparedKind, order: Int, rank: Int, error: Double) in
      Deviation(
        ComparedTensor(kind, "\(kind) \(order)"), step: 1, order: order, rank: rank, error: error, budget: 1e-9,
        count: 4, worst: Deviation.Worst(place: "[1, 0]", value: 2, reference: 1))
    }
    for found in [
      deviation(.gradient, 0, 0, 1), deviation(.backward, 2, 1, 0.25), deviation(.backward, 1, 0, 0.5),
      deviation(.backward, 1, 1, 0.75), deviation(.forward, 0, 1, 1e-15),
    ] { report.add(found) }
    report.close(ReferenceStep(step: 1, tensors: [:]))
    let expected = [
      "step 1, backward: backward 1 is not what one process computes", "  error  7.5e-01, budget 1.0e-09",
      "  ranks  all 2: rank 0 [dp0], rank 1 [dp1]", "  worst  [1, 0]: 2.0 on rank 1 [dp1], one process 1.0",
      "  beside it, 2 other tensors left the budget in this step",
    ]
    #expect(report.lines == expected)
  }
}
