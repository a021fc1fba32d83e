import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Timing

@Suite struct StepSimulationTests {
  /// Prices under which different things count: nothing, waiting, the host, the wire.
  private static let pricings = [
    CountedPricing(), CountedPricing(collective: 1, hop: 7, wire: 1), CountedPricing(issue: 15, collective: 2),
    CountedPricing(issue: 3, collective: 1, wire: 4),
  ]

  @Test(arguments: pricings.indices)
  func `random steps obey every law of the timeline`(_ pricing: Int) throws {
    for seed in 0..<300 {
      let tracks = RandomStep.tracks(seed: seed)
      let faults = try TimelineLaws.faults(tracks, Self.pricings[pricing])
      #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(3))")
    }
  }

  @Test(arguments: pricings.indices)
  func `where kernels wait for gradients and parameters, no step is shorter`(_ pricing: Int) throws {
    var longer = 0
    for seed in 0..<300 {
      let tracks = RandomStep.tracks(seed: seed)
      let apart = try simulate(tracks, Self.pricings[pricing])
      var joined = try StepSimulation(tracks, Self.pricings[pricing], streams: .gradientsAfterBackward)
      let step = try joined.run()
      #expect(step.makespan >= apart.makespan, "seed \(seed)")
      #expect(step.breakdowns.allSatisfy { $0.parts == step.makespan }, "seed \(seed)")
      if step.makespan > apart.makespan { longer += 1 }
    }
    #expect(longer > 20)
  }

  @Test func `tracks of one class are scored once, whatever their slowdown`() throws {
    let schedule = try PipelineSchedule.make(.oneForwardOneBackward, ranks: 4, microBatches: 8)
    var shared = schedule.tracks(forward: 60, backwardInput: 60, backwardWeight: 60)
    shared[2].slowdown = 1.5
    var own = shared
    for place in own.indices { own[place].programClass = place }
    let (first, second) = (try simulate(shared, CountedPricing(hop: 5)), try simulate(own, CountedPricing(hop: 5)))
    #expect(first.breakdowns == second.breakdowns)
    #expect(first.breakdowns[2].compute.picoseconds == 8 * 180 * 3 / 2)
    #expect(first.breakdowns[1].compute.picoseconds == 8 * 180)
  }
}
