import Foundation
import Model
import NetworkModel
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Timing
import Training

/// Whole timelines on HGX H100, span by span in picoseconds: no prediction changes unnoticed.
///
/// Where a change is meant, `ORRERY_WRITE_TIMELINES=1 launch/test --filter TimelineGoldenTests` writes them anew; read what is different.
@Suite("Golden timelines") struct TimelineGoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/timelines")
  private static let writes = ProcessInfo.processInfo.environment["ORRERY_WRITE_TIMELINES"] != nil

  static let layouts: [String: MatrixCell] = [
    "pp2-1f1b-m4": cell { layout, _ in (layout.pipeline, layout.microBatches) = (2, 4) },
    "dp2-zero3": cell { layout, _ in
      (layout.data, layout.microBatches, layout.zero) = (2, 2, ZeROPlan(stage: 3))
    },
    "tp2-sp-pp2-interleaved": cell { layout, run in
      (layout.tensor, layout.isSequenceParallel, layout.pipeline, layout.microBatches) = (2, true, 2, 2)
      layout.schedule = .interleaved
      run.model = TinyModel.llama.configuration(layers: 4)
    },
  ]

  private static func cell(_ change: (inout TinyLayout, inout TinyRun) -> Void) -> MatrixCell {
    var (run, layout) = (TinyRun(), TinyLayout())
    run.precision = PrecisionPlan(.bfloat16)
    change(&layout, &run)
    return MatrixCell(run: run, layout: layout, name: "golden")
  }

  @Test(arguments: layouts.keys.sorted())
  func `every span is where it was`(_ name: String) throws {
    let cell = Self.layouts[name]!
    let pricing = try TimelineBench.pricing(TimelineBench.cluster(cell.layout.ranks), cell.layout.mesh, choice: .tuner)
    let step = try TimelineBench.simulate(cell.pipelineTracks, pricing, records: true)
    let text = try #require(step.timeline).text(cell.description, step.makespan)
    let file = Self.folder.appending(path: "\(name).txt")
    if Self.writes {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let (lines, expected) = (text.split(separator: "\n"), golden.split(separator: "\n"))
    let other = zip(lines, expected).first { $0 != $1 }.map { "\($0), not \($1)" } ?? "none"
    #expect(text == golden, "\(lines.count) lines, not \(expected.count); the first that differs: \(other)")
  }
}

extension Timeline {
  /// A line for each span: rank, stream, start and duration in picoseconds, the passage, the name.
  fileprivate func text(_ title: String, _ makespan: SimDuration) -> String {
    let lines = spans.map { span in
      let lane = lanes[Int(span.lane)]
      let passage = span.stage < 0 ? "-" : "\(span.stage).\(span.microBatch)"
      let times = "\(span.start.sinceStart.picoseconds) \(span.duration.picoseconds)"
      return "\(classes[lane.rankClass]) \(lane.stream.rawValue) \(times) \(passage) \(names[Int(span.name)])"
    }
    return (["\(title): \(makespan.picoseconds) ps"] + lines).joined(separator: "\n") + "\n"
  }
}
