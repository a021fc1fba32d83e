import Mesh
import Model
import PipelineSchedules
import Quantities
import TestSupport
import Testing
import Training

@Suite("Layouts that add in the same order agree to the last bit", .serialized)
struct BitEqualTests {
  @Test("Losses, gradient norms and parameters of a class have one set of bits", arguments: BitClass.all)
  func classes(same: BitClass) throws {
    for precision in [ScalarType.float64, .float32, .bfloat16].map({ PrecisionPlan($0) }) {
      for model in same.models {
        let run = same.run(model, precision)
        let first = try run.train(same.layouts[0])
        for layout in same.layouts.dropFirst() {
          let reports = try run.train(layout)
          let bits = same.clips ? Laws.bitEqual(reports, first) : Laws.sameBits(reports[0], first[0])
          let norm = Distance(reports, from: first[0]).norm <= 1e-14 ? nil : "other norms"
          let violation = bits ?? norm ?? Laws.ranksAgree(reports)
          #expect(violation == nil, "\(model) \(precision.type.rawValue): \(layout) beside \(same.layouts[0])")
        }
      }
    }
  }

  @Test("Bits tell layouts apart that add in another order")
  func othersDiffer() throws {
    let run = BitClass.all[0].run(.gpt2, PrecisionPlan(.float64))
    let pairs = [
      (TinyLayout.cut { $0.data = 2 }, TinyLayout()),
      (.zero(1) { ($0.data, $0.microBatches) = (4, 2) }, .zero(2) { ($0.data, $0.microBatches) = (4, 2) }),
      (.cut { $0.tensor = 2 }, TinyLayout()),
    ]
    for (one, other) in pairs {
      let (first, second) = (try run.train(one), try run.train(other))
      let difference = Laws.bitEqual(first, second)
      #expect(difference != nil, "\(one) beside \(other)")
    }
  }
}

/// Layouts whose sums are the same sums.
struct BitClass: Sendable, CustomTestStringConvertible {
  var name: String
  var models = [TinyModel.gpt2, .llama]
  /// A norm's partial sums are added in the order of the ranks, so a class that places parameters on other ranks has norms that
  /// agree to rounding only, and does not clip by them.
  var clips = true
  var layouts: [TinyLayout]

  var testDescription: String { name }

  func run(_ model: TinyModel, _ precision: PrecisionPlan) -> TinyRun {
    var run = TinyRun()
    (run.steps, run.globalBatch, run.sequence, run.precision) = (6, 8, 8, precision)
    run.model = model.configuration(layers: layouts.map(\.layerCount).max()!)
    run.clipping = clips ? 1 : 0
    run.drop(0.1)
    return run
  }
}

extension TinyLayout {
  fileprivate var layerCount: Int { max(4, pipelinePlan.schedule.stageCount) }

  static func zero(_ stage: Int, _ change: (inout TinyLayout) -> Void) -> TinyLayout {
    cut {
      change(&$0)
      $0.zero.stage = stage
    }
  }

  static func stages(_ stages: ClosedRange<Int>, _ change: (inout TinyLayout) -> Void) -> [TinyLayout] {
    stages.map { zero($0, change) }
  }
}
