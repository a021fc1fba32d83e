import Collectives
import Mesh
import Program
import Quantities
import Testing
import Timing

/// What of a machine and a framework stretches a step: collectives beside kernels, a host that may not run ahead, sums after the
/// backward pass.
@Suite struct StepMachineTests {
  /// Kernels of 10 ms that the host issues in `issue`; gradients of 8 ms, all else of 4 ms.
  private struct Pricing: StepPricing {
    var issue = SimDuration.zero

    func work(of trace: Trace, rank: Int) throws -> [PricedWork] {
      trace.nodes.enumerated().compactMap { place, node in
        guard case .operation(_, let stream) = node else { return nil }
        return PricedWork(
          node: place, stream: stream, activity: .matmul, name: "kernel", duration: SimDuration(seconds: 0.010),
          issue: issue)
      }
    }
    func duration(of transfer: Transfer) throws -> SimDuration {
      SimDuration(seconds: transfer.scope == .data ? 0.008 : 0.004)
    }
    func duration(of bytes: ByteCount, from: Int, to: Int) throws -> SimDuration { .zero }
  }

  private let kernel = Trace.Node.operation(.copy(count: 1, .float32), .compute)

  private func collective(_ scope: Scope, on stream: Program.Stream) -> Trace.Node {
    .transfer(
      Transfer(
        .allReduce, scope: scope, algorithm: .automatic, group: [0, 1], position: 0, count: 8, type: .float32), stream)
  }

  private func milliseconds(
    _ nodes: [Trace.Node], issue: Double = 0, streams: StepSimulation.Streams = .apart,
    machine: StepSimulation.Machine = StepSimulation.Machine()
  ) throws -> Double {
    var trace = Trace()
    trace.nodes = nodes
    let track = RankTrack(label: "rank", rank: 0, trace: FoldedTrace(trace), programClass: 0)
    var simulation = try StepSimulation(
      [track], Pricing(issue: SimDuration(seconds: issue)), streams: streams, machine: machine)
    return try simulation.run().makespan.seconds * 1e3
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-6 }

  @Test func `a kernel beside a collective is slower for as long as that lasts`() throws {
    let machine = StepSimulation.Machine(slowdownBesideCollectives: 0.25)
    let nodes = [collective(.data, on: .gradients), kernel, kernel]
    // 8 ms at four fifths of the speed do 6.4 ms of work; the rest goes on at full speed.
    let beside = try milliseconds(nodes, machine: machine)
    #expect(isClose(beside, 21.6))
    let alone = try milliseconds(nodes)
    #expect(isClose(alone, 20))
  }

  @Test func `a collective that kernels wait for slows none`() throws {
    let machine = StepSimulation.Machine(slowdownBesideCollectives: 0.25)
    let time = try milliseconds([collective(.tensor, on: .compute), kernel], machine: machine)
    #expect(isClose(time, 14))
  }

  @Test(
    arguments: [(nil, 3.0, 53.0), (1, 3.0, 65.0), (2, 3.0, 53.0), (2, 30.0, 160.0), (nil, 30.0, 160.0)]
      as [(Int?, Double, Double)])
  func `a host that waits for every launch adds its time, one that is a launch ahead hides it`(
    ahead: Int?, issue: Double, expected: Double
  ) throws {
    let time = try milliseconds(
      Array(repeating: kernel, count: 5), issue: issue * 1e-3, machine: StepSimulation.Machine(launchesAhead: ahead))
    #expect(isClose(time, expected))
  }

  @Test func `fewer launches ahead are never faster`() throws {
    let nodes = (0..<6).flatMap { _ in [kernel, collective(.tensor, on: .compute)] }
    let times = try [1, 2, 3, 4, nil].map {
      try milliseconds(nodes, issue: 0.009, machine: StepSimulation.Machine(launchesAhead: $0))
    }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 >= $1 } && times.first! > times.last!)
  }

  @Test func `gradients after the backward pass hide behind no kernel, and are waited for once`() throws {
    let event = Event(index: 0)
    let nodes = [
      collective(.data, on: .gradients), kernel, collective(.data, on: .gradients), .record(event, .gradients), kernel,
      .wait(event, .compute), kernel,
    ]
    let apart = try milliseconds(nodes)
    let after = try milliseconds(nodes, streams: .gradientsAfterBackward)
    #expect(isClose(apart, 30) && isClose(after, 46))
    // Nobody waits: the step ends when the sums do.
    let open = try milliseconds(
      [collective(.data, on: .gradients), kernel], streams: .gradientsAfterBackward)
    #expect(isClose(open, 18))
  }
}
