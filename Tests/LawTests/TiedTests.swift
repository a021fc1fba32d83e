import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import TestSupport
import Testing
import Training

@Suite("A tied table at both ends of a pipeline is one parameter")
struct TiedTests {
  /// Pipelines whose ends are on two ranks, and, with V-shaped placement, on one.
  static let layouts: [TinyLayout] = [
    .cut { ($0.pipeline, $0.microBatches) = (2, 2) }, .cut { ($0.pipeline, $0.microBatches) = (4, 4) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule, $0.chunks) = (2, 2, .interleaved, 2) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule) = (2, 4, .zeroBubbleV) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule) = (2, 4, .dualPipeV) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule) = (2, 2, .zeroBubbleH1) },
    .cut { ($0.pipeline, $0.data, $0.microBatches, $0.zero) = (2, 2, 2, ZeROPlan(stage: 1)) },
    .cut { ($0.pipeline, $0.data, $0.microBatches, $0.zero) = (2, 2, 2, ZeROPlan(stage: 3)) },
    .cut { ($0.pipeline, $0.tensor, $0.microBatches, $0.isSequenceParallel) = (2, 2, 2, true) },
  ]

  private static let models: [(name: String, run: TinyRun)] = {
    var llama = TinyRun.llama
    if case .llama(var model) = llama.model {
      model.tieWordEmbeddings = true
      llama.model = .llama(model)
    }
    return [("GPT-2", .divisible), ("LLaMA", llama)]
  }()

  @Test("Both copies keep the same bits, and train as the one table of a single process", arguments: layouts)
  func copies(layout: TinyLayout) throws {
    for (name, run) in Self.models {
      let (single, reports) = (try run.train()[0], try run.train(layout))
      let violations = [
        Laws.copiesAgree(reports, in: layout), Laws.equivalent(reports, to: single, within: .double),
      ]
      #expect(violations.allSatisfy { $0 == nil }, "\(name)")
    }
  }

  @Test("A table counts once among the model's parameters, and is collected once", arguments: layouts.prefix(4))
  func collected(layout: TinyLayout) throws {
    let run = TinyRun.divisible
    let (single, report) = (try run.train()[0], try run.train(layout)[0])
    let count = report.parameters.values.reduce(0) { $0 + $1.count }
    #expect(count == run.model.parameterCount)
    #expect(report.parameters.keys.sorted() == single.parameters.keys.sorted())
  }

  @Test("An untied head has a table of its own, and no copy", arguments: [TinyLayout.cut { $0.pipeline = 2 }])
  func untied(layout: TinyLayout) throws {
    var run = TinyRun.divisible
    run.changeGPT2 { $0.tieWordEmbeddings = false }
    let (single, reports) = (try run.train()[0], try run.train(layout))
    let violation = Laws.sameLosses(reports, as: single, within: 1e-10)
    #expect(violation == nil)
    let ends = reports[0].ledger.communication.keys.filter { $0.scope == .ends }
    #expect(ends.isEmpty)
    #expect(reports[0].parameters.values.reduce(0) { $0 + $1.count } == run.model.parameterCount)
  }
}
