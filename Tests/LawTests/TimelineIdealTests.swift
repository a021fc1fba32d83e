import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Timing
import Training

@Suite("Programs of the trainer on an ideal machine") struct TimelineIdealTests {
  private static let unit = 6_000

  private func cell(_ schedule: ScheduleName, _ pipeline: Int, _ microBatches: Int) -> MatrixCell? {
    guard (try? PipelineSchedule.make(schedule, ranks: pipeline, microBatches: microBatches)) != nil else { return nil }
    var (run, layout) = (TinyRun(), TinyLayout())
    (layout.pipeline, layout.schedule, layout.microBatches) = (pipeline, schedule, microBatches)
    run.globalBatch = microBatches
    run.model = TinyModel.gpt2.configuration(layers: pipeline * schedule.defaultChunks)
    return MatrixCell(run: run, layout: layout, name: "gpt2")
  }

  /// The trainer has no bidirectional pipelines.
  @Test(arguments: ScheduleName.allCases.filter { $0 != .dualPipe })
  func `the bubble of a real program is the one of its schedule`(_ name: ScheduleName) throws {
    var count = 0
    for (pipeline, microBatches) in [(2, 4), (2, 7), (4, 4), (4, 8), (4, 13), (8, 16)] {
      guard let cell = cell(name, pipeline, microBatches) else { continue }
      count += 1
      for (input, weight, hop) in [(1, 1, 0), (2, 1, 0), (1, 2, 500)] {
        let share = name.defaultChunks
        let times = ScheduleTimes(
          forward: Double(Self.unit), backwardInput: Double(input * Self.unit),
          backwardWeight: Double(weight * Self.unit), hop: Double(hop))
        let tracks = cell.pipelineTracks
        let pricing = FlatPricing(tracks, hop: hop) { kind in
          switch kind {
          case .forward: Self.unit / share
          case .backward: (input + weight) * Self.unit / share
          case .backwardInput: input * Self.unit / share
          case .backwardWeight: weight * Self.unit / share
          }
        }
        let step = try TimelineBench.simulate(tracks, pricing)
        let measure = cell.layout.pipelinePlan.schedule.withoutOverlap.measure(times)
        #expect(step.makespan.picoseconds == Int(measure.makespan.rounded()), "\(cell) hop \(hop)")
        let idle = step.breakdowns.map { ($0.makespan - $0.compute).picoseconds }
        #expect(idle == measure.idle.map { Int($0.rounded()) }, "\(cell) hop \(hop)")
      }
    }
    #expect(count >= 3)
  }
}
