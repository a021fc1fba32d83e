import Execution
import Mesh
import Model
import Program
import Quantities
import TestSupport
import Testing
import Training

/// These run on shapes alone: that a real run writes the same ledger is a law of the equivalence matrix.
@Suite("What a step moves and keeps is what the literature says, to the byte")
struct ClosedFormTests {
  @Test(
    "Bytes by scope and collective, and memory by category, in every layout of the matrix",
    arguments: [PrecisionPlan(.float64), PrecisionPlan(.bfloat16), PrecisionPlan(.bfloat16, gradient: .bfloat16)])
  func matrix(precision: PrecisionPlan) throws {
    for cell in EquivalenceMatrix.double + EquivalenceMatrix.accumulating {
      var run = cell.run
      (run.precision, run.steps) = (precision, 1)
      let reports = try run.pretendAll(cell.layout)
      let violation =
        Laws.sendsByTheBook(reports, run, cell.layout) ?? Laws.keepsByTheBook(reports, run, cell.layout)
      #expect(violation == nil, "\(cell)")
    }
  }

  @Test("Parameters, gradients and optimizer state together never grow with the ZeRO stage, on any rank")
  func memoryShrinks() throws {
    for cell in EquivalenceMatrix.double {
      var run = cell.run
      run.steps = 1
      let stages = try (0...3).map { stage in
        var layout = cell.layout
        (layout.zero.stage, layout.zero.profile) = (stage, .paper)
        return try run.pretendAll(layout)
      }
      let ranks = 0..<cell.layout.ranks
      let violation = ranks.lazy.compactMap { rank in Laws.shrinks(stages.map { $0[rank].ledger }) }.first
      #expect(violation == nil, "\(cell)")
    }
  }
}

@Suite("The figures that papers quote")
struct PublishedFigureTests {
  /// Bytes that all ranks send in a scope.
  private func sent(_ scope: Scope, _ run: TinyRun, _ layout: TinyLayout) throws -> Int {
    try run.pretendAll(layout).reduce(0) { sum, report in
      let lines = report.ledger.communication.filter { $0.key.scope == scope }
      return sum + lines.values.reduce(0) { $0 + $1.sent.value }
    }
  }

  private static let run: TinyRun = {
    var run = TinyRun()
    (run.model, run.steps, run.precision) = (TinyModel.llama.configuration(layers: 4), 1, PrecisionPlan(.float32))
    return run
  }()

  @Test("ZeRO over n ranks and k micro-batches: 2Ψ, 2Ψ, (k + 1)Ψ, 3kΨ; DeepSpeed's stages 1 and 2: 3Ψ, (2k + 1)Ψ")
  func zeroVolumes() throws {
    let (n, k, run) = (4, 2, Self.run)
    let words = run.model.parameterCount * 4
    let tokens = 2 * (n - 1) * 8
    let quoted: [(ZeROPlan, Int)] = [
      (ZeROPlan(stage: 0), 2), (ZeROPlan(stage: 1), 2), (ZeROPlan(stage: 2), k + 1), (ZeROPlan(stage: 3), 3 * k),
      (ZeROPlan(stage: 1, profile: .deepspeed), 3), (ZeROPlan(stage: 2, profile: .deepspeed), 2 * k + 1),
    ]
    for (plan, units) in quoted {
      var layout = TinyLayout()
      (layout.data, layout.microBatches, layout.zero) = (n, k, plan)
      let bytes = try sent(.data, run, layout)
      #expect(bytes == units * (n - 1) * words + tokens, "\(layout)")
    }
  }

  @Test(
    "A layer costs 8S(t − 1)/t a rank under tensor parallelism, 10S(t − 1)/t with sequence parallelism",
    arguments: [2, 4])
  func layerVolumes(tensor: Int) throws {
    let (few, many) = (4, 6)
    for (isSequenceParallel, quoted) in [(false, 8), (true, 10)] {
      var layout = TinyLayout()
      (layout.tensor, layout.isSequenceParallel) = (tensor, isSequenceParallel)
      let bytes = try [few, many].map { layers in
        var run = Self.run
        run.model = TinyModel.llama.configuration(layers: layers)
        let norms = isSequenceParallel ? 2 * (tensor - 1) * layers * 2 * 16 * 4 : 0
        return try sent(.tensor, run, layout) - norms
      }
      let matrix = Self.run.globalBatch * Self.run.sequence * 16 * 4
      #expect(bytes[1] - bytes[0] == (many - few) * quoted * matrix * (tensor - 1), "\(layout)")
    }
  }

  @Test("Mixed precision with Adam keeps 2Ψ + 4Ψ + 12Ψ bytes, divided by n from stages 3, 2 and 1 on")
  func mixedPrecisionMemory() throws {
    var run = Self.run
    (run.precision, run.model) = (PrecisionPlan(.bfloat16), TinyModel.gpt2.configuration(layers: 4))
    let (n, count) = (4, run.model.parameterCount)
    for stage in 0...3 {
      var layout = TinyLayout()
      (layout.data, layout.zero) = (n, ZeROPlan(stage: stage))
      let reports = try run.pretendAll(layout)
      let shares = [(MemoryCategory.parameters, 2, 3), (.gradients, 4, 2), (.optimizer, 12, 1)]
      for (category, bytes, from) in shares {
        let kept = reports.reduce(0) { $0 + ($1.ledger.peak[category]?.value ?? 0) }
        #expect(kept == bytes * count * (stage >= from ? 1 : n), "stage \(stage): \(category.rawValue)")
      }
    }
  }

  @Test("Full recomputation repeats the forward part of every layer's sums, selective recomputation none")
  func recomputedVolumes() throws {
    var layout = TinyLayout()
    layout.tensor = 2
    let plain = try sent(.tensor, Self.run, layout)
    layout.recomputation = .selective
    let selective = try sent(.tensor, Self.run, layout)
    layout.recomputation = .full(every: 1)
    let full = try sent(.tensor, Self.run, layout)
    let matrix = Self.run.globalBatch * Self.run.sequence * 16 * 4
    #expect(selective == plain)
    #expect(full - plain == 4 * 2 * 2 * matrix)
  }
}

extension TinyRun {
  /// The program of every rank, on shapes alone.
  func pretendAll(_ layout: TinyLayout) throws -> [RankReport] {
    try (0..<layout.ranks).map { try pretend(rank: $0, layout) }
  }
}
