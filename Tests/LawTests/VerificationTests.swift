import Collectives
import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("A verification passes sound layouts and names the tensor that is wrong first")
struct VerificationTests {
  private static func layout(_ change: (inout TinyLayout) -> Void) -> TinyLayout {
    var layout = TinyLayout()
    change(&layout)
    return layout
  }

  private static let data = layout { ($0.data, $0.microBatches) = (2, 2) }
  private static let tensor = layout { $0.tensor = 2 }
  static let sound = [
    data, tensor,
    layout { ($0.data, $0.tensor, $0.isSequenceParallel, $0.zero) = (2, 2, true, ZeROPlan(stage: 2)) },
    layout { ($0.data, $0.shardSize, $0.zero, $0.microBatches) = (4, 2, ZeROPlan(stage: 3), 2) },
    layout { ($0.pipeline, $0.data, $0.zero, $0.microBatches) = (2, 2, ZeROPlan(stage: 1), 2) },
    layout { ($0.pipeline, $0.schedule, $0.microBatches, $0.recomputation) = (2, .zeroBubbleH1, 4, .full(every: 1)) },
  ]

  @Test("fp64, with dropout: every tensor of three steps stays within 1e-9", arguments: sound)
  func soundLayouts(_ layout: TinyLayout) throws {
    let report = try TinyRun.masked.verify(layout)
    let errors = report.largest.mapValues(\.error)
    #expect(report.isSound, "\(report.lines.joined(separator: "\n"))")
    #expect(report.steps == 3)
    #expect(Set(errors.keys) == Set(ComparedKind.allCases))
    #expect(errors[.start] == 0)
    #expect(errors.values.allSatisfy { $0 < 1e-10 }, "\(errors)")
  }

  @Test("16-bit and fp32 runs stay within their budgets", arguments: [ScalarType.float32, .bfloat16, .float16])
  func precisions(_ type: ScalarType) throws {
    var run = TinyRun()
    run.precision = PrecisionPlan(type, lossScaling: type == .float16 ? LossScaling(initialScale: 1024) : nil)
    let report = try run.verify(Self.sound[2])
    #expect(report.isSound, "\(report.lines.joined(separator: "\n"))")
  }

  /// What a fault is to be called: step, kind, name, ranks.
  private func expect(
    _ report: VerificationReport, step: Int, _ kind: ComparedKind, _ name: String, ranks: Set<Int>
  ) {
    let (first, text) = (report.first, Comment(rawValue: report.lines.joined(separator: "\n")))
    #expect(first.first?.step == step, text)
    #expect(first.first?.tensor.kind == kind, text)
    #expect(first.first?.tensor.name == name, text)
    #expect(Set(first.compactMap(\.rank)) == ranks, text)
  }

  @Test("A doubled product in the second block's forward pass, in the second step of one rank")
  func doubledForward() throws {
    let products = try Self.products(Self.data)
    let report = try TinyRun().verify(Self.data, .device { DoublingDevice($0, at: $1 == 1 ? products + 5 : nil) })
    expect(report, step: 2, .forward, "transformer.h.1 output", ranks: [1])
  }

  @Test("A doubled product in the head's backward pass")
  func doubledBackward() throws {
    // Four products in each of two blocks, one in the head.
    let report = try TinyRun().verify(Self.data, .device { DoublingDevice($0, at: $1 == 1 ? 9 : nil) })
    expect(report, step: 1, .backward, "head input gradient", ranks: [1])
  }

  @Test("A doubled weight gradient, which nothing reads before the update")
  func doubledWeightGradient() throws {
    let report = try TinyRun().verify(Self.data, .device { DoublingDevice($0, at: $1 == 0 ? 10 : nil) })
    expect(report, step: 1, .gradient, "transformer.wte.weight", ranks: [0, 1])
  }

  @Test("A tensor-parallel sum that is left out, in the second block")
  func droppedSum() throws {
    // The embedding, then two in the first block.
    let report = try TinyRun().verify(Self.tensor, .fault(.dropsTransfer(3)))
    expect(report, step: 1, .forward, "transformer.h.1 output", ranks: [0, 1])
  }

  @Test("Reduce-scatters of gradients that are left out")
  func droppedReduceScatter() throws {
    let layout = Self.layout { ($0.data, $0.zero) = (2, ZeROPlan(stage: 2)) }
    let report = try TinyRun().verify(
      layout, .fault(.replaces({ $0.kind == .reduceScatter && $0.scope == .data }, by: { _, _ in })))
    expect(report, step: 1, .gradient, "transformer.wte.weight", ranks: [0, 1])
  }

  @Test("Parameters of the second block that arrive rolled on one rank, under ZeRO 3")
  func rolledGather() throws {
    let layout = Self.layout { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) }
    // The number of tokens, both tables, the first block.
    let report = try TinyRun().verify(layout, .fault(.rollsTransfer(4, rank: 1)))
    expect(report, step: 1, .forward, "transformer.h.1 output", ranks: [1])
  }

  @Test("Parameters that are not gathered after the update, under ZeRO 1")
  func droppedGather() throws {
    let layout = Self.layout { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) }
    let report = try TinyRun().verify(
      layout, .fault(.replaces({ $0.kind == .allGather && $0.scope == .data }, by: { _, _ in })))
    expect(report, step: 1, .parameter, "transformer.wte.weight", ranks: [0, 1])
  }

  @Test("A tied table whose two ends are not summed")
  func untied() throws {
    let layout = Self.layout { $0.pipeline = 2 }
    let report = try TinyRun().verify(layout, .fault(.replaces({ $0.scope == .ends }, by: { _, _ in })))
    expect(report, step: 1, .gradient, "transformer.wte.weight", ranks: [0, 1])
  }

  @Test("Micro-batches that change places")
  func swapped() throws {
    let report = try TinyRun().verify(Self.data, .swappedMicroBatches)
    expect(report, step: 1, .forward, "embedding output", ranks: [0, 1])
  }

  @Test("Dropout masks that depend on the layout")
  func localMasks() throws {
    let report = try TinyRun.masked.verify(Self.data, .fault(.countsSamplesLocally))
    expect(report, step: 1, .forward, "embedding output", ranks: [0, 1])
  }

  /// Matrix products of one rank's step.
  private static func products(_ layout: TinyLayout) throws -> Int {
    try TinyRun().pretend(layout).trace.nodes.count {
      if case .operation(let operation, _) = $0 { operation.name == "matmul" } else { false }
    }
  }
}
