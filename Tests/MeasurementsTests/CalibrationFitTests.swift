import Cluster
import GPUModel
import Measurements
import Testing

/// A fit to times that the model made itself must come back to the constants that made them, or at least to their times.
@Suite struct CalibrationFitTests {
  /// The constants with those that a GPU has of its own moved by a tenth to a quarter, within their ranges.
  static func moved(_ generation: Generation, _ families: [KernelFamily]) -> Calibration {
    var result = TestData.constants
    result.gpus = [:]
    for family in families {
      guard var table = result.generations[generation.rawValue]?[family.rawValue] else { continue }
      for (index, parameter) in family.parameters.enumerated() where parameter.isOwn {
        let range = parameter.range.lowerBound / parameter.unit...parameter.range.upperBound / parameter.unit
        let factors = index.isMultiple(of: 2) ? [0.8, 1.25] : [1.25, 0.8]
        let values = factors.map { table[parameter.name]! * $0 }
        table[parameter.name] = values.first(where: range.contains) ?? table[parameter.name]
      }
      result.generations[generation.rawValue]?[family.rawValue] = table
    }
    return result
  }

  static var start: Calibration {
    var result = TestData.constants
    result.gpus = [:]
    return result
  }

  static func products(_ type: String) -> [[String: String]] {
    let sizes = [64, 256, 768, 1024, 3072, 4096, 8192, 12288]
    return (0..<96).map { index in
      let (m, n, k) = (sizes[index % 8], sizes[(index / 2 + index / 8) % 8], sizes[(index / 3 + 2 * (index / 8)) % 8])
      return TestData.product.merging(["m": "\(m)", "n": "\(n)", "k": "\(k)", "dtype": type]) { $1 }
    }
  }

  static let elementwise = (0..<40).map { index in
    [
      "op": "elementwise", "op_detail": index.isMultiple(of: 2) ? "add tensor-tensor" : "gelu unary", "dtype": "fp16",
      "elements": "\((1 << (14 + index % 14)) * (1 + index % 3))", "gpu": "A100-SXM4-80GB", "launch_overhead": "graph",
    ]
  }

  static let attention = (0..<36).map { index in
    [
      "op": "attention_fwd", "dtype": "bf16", "batch": "\(1 + index % 4)", "seq_q": "\(256 << (index % 6))",
      "heads": "\(8 << (index % 3))", "head_dim": index.isMultiple(of: 5) ? "64" : "128",
      "causal": index.isMultiple(of: 2) ? "1" : "0", "gpu": "A100-SXM4-80GB", "launch_overhead": "graph",
    ]
  }

  static let cases: [(KernelFamily, [[String: String]])] = [
    (.matmulTensor, products("bf16")), (.matmulSIMT, products("fp32")), (.elementwise, elementwise),
    (.attentionForward, attention),
  ]

  private func error(_ samples: [KernelSample], _ calibration: Calibration) throws -> Double {
    let validation = try KernelValidation(samples, by: calibration, fitted: FittedRows())
    return try #require(validation.groups { _ in "all" }.first?.unseen).mean
  }

  @Test(arguments: cases.indices)
  func `constants that were moved are found again, for rows of the other half too`(index: Int) throws {
    let (family, rows) = Self.cases[index]
    let samples = try TestData.samples(rows, timedBy: Self.moved(.ampere, [family]))
    #expect(samples.allSatisfy { $0.family == family })
    let fit = try CalibrationFit(start: Self.start, samples.filter(\.isFitted)).fitted()
    let held = samples.filter { !$0.isFitted }
    let (before, after) = (try error(held, Self.start), try error(held, fit))
    #expect(before > 0.05, "the test moves too little")
    #expect(after < 0.02, "\(family.rawValue): \(before) before, \(after) after")
  }

  @Test func `mutant: a fit to other times does not predict these`() throws {
    let samples = try TestData.samples(Self.products("bf16"), timedBy: Self.start)
    let slow = try TestData.samples(Self.products("bf16"), timedBy: Self.start) { $0.isMultiple(of: 2) ? 1.6 : 1.2 }
    let fit = try CalibrationFit(start: Self.start, slow).fitted()
    #expect(try error(samples, fit) > 0.05)
  }

  @Test func `without rows nothing moves`() throws {
    #expect(try CalibrationFit(start: TestData.constants, []).fitted() == TestData.constants)
  }

  @Test func `what was not measured does not move`() throws {
    let samples = try TestData.samples(Self.elementwise, timedBy: Self.moved(.ampere, [.elementwise]))
    var fit = try CalibrationFit(start: Self.start, samples).fitted()
    #expect(fit.generations["ampere"]?["elementwise"] != Self.start.generations["ampere"]?["elementwise"])
    #expect(Set(fit.gpus.keys) == ["A100 SXM4 80GB"])
    #expect(fit.gpus["A100 SXM4 80GB"].map { Set($0.keys) } == ["elementwise"])
    fit.generations["ampere"]?["elementwise"] = Self.start.generations["ampere"]?["elementwise"]
    #expect(fit.generations == Self.start.generations)
  }

  @Test func `two rows are too few to move anything`() throws {
    let samples = try TestData.samples(Array(Self.elementwise.prefix(2)), timedBy: Self.start) { _ in 3 }
    #expect(CalibrationFit(start: Self.start, samples).isEmpty)
    let enough = try TestData.samples(Array(Self.elementwise.prefix(3)), timedBy: Self.start)
    #expect(!CalibrationFit(start: Self.start, enough).isEmpty)
    #expect(try CalibrationFit(start: Self.start, samples).fitted() == Self.start)
  }

  @Test func `times that the constants make already move nothing by more than a rounding`() throws {
    let samples = try TestData.samples(Self.elementwise, timedBy: Self.start)
    let fit = try CalibrationFit(start: Self.start, samples).fitted()
    let generations = ["A100 SXM4 80GB": "ampere"]
    #expect(CalibrationChange.between(Self.start, fit, generations: generations) == [])
  }
}
