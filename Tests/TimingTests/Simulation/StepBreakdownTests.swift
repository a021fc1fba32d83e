import Mesh
import Program
import Quantities
import TestSupport
import Testing
import Timing

/// Steps small enough to be timed by hand, one for every reason to stand still.
@Suite struct StepBreakdownTests {
  @Test func `before its first passage a rank waits for the pipeline to fill, after its last for the others`() throws {
    let step = try simulate(
      [
        track(0, [.begin(), .work(30)] + Trace.Node.handOver(0) + [.send(1, to: 1), .sent(1, to: 1), .end]),
        track(1, [.receive(1, from: 0), .received(1, from: 0), .begin(), .work(20), .end]),
      ], CountedPricing(hop: 5))
    #expect(step.breakdowns[0].named["compute"] == 30)
    #expect(step.breakdowns[1].named == ["warm-up": 35, "compute": 20])
    #expect(step.makespan.picoseconds == 55)
    #expect(step.criticalPath[.elementwise].picoseconds == 50)
    #expect(step.criticalPath[.pipelineCommunication].picoseconds == 5)
    #expect(step.lastTrack == 1)
  }

  @Test func `what rank 0 does not use of the step is the pipeline's, and no other communication's`() throws {
    let step = try simulate(
      [
        track(0, [.begin(), .work(30)] + Trace.Node.handOver(0) + [.send(1, to: 1), .sent(1, to: 1), .end]),
        track(1, [.receive(1, from: 0), .received(1, from: 0), .begin(), .work(20), .end]),
      ], CountedPricing(hop: 5))
    // Its message leaves while it has nothing more to do.
    #expect(step.breakdowns[0].named == ["compute": 30, "pipeline communication": 5, "drain": 20])
  }

  @Test func `between passages, waiting is for the other stage first, then for the message`() throws {
    let sender = track(0, [.work(30)] + Trace.Node.handOver(0) + [.send(1, to: 1), .sent(1, to: 1), .work(40)])
    let receiver = track(
      1, [.begin(), .work(10), .receive(1, from: 0), .received(1, from: 0), .begin(1), .work(7), .end])
    let step = try simulate([sender, receiver], CountedPricing(hop: 12))
    #expect(step.breakdowns[1].named == ["compute": 17, "dependency": 20, "transfer": 12, "drain": 21])
  }

  @Test func `a message that is under way already costs the rest of its way`() throws {
    let sender = track(0, [.work(30)] + Trace.Node.handOver(0) + [.send(1, to: 1), .sent(1, to: 1), .work(40)])
    let receiver = track(
      1, [.begin(), .receive(1, from: 0), .work(35), .received(1, from: 0), .begin(1), .work(7), .end])
    let step = try simulate([sender, receiver], CountedPricing(hop: 12))
    #expect(step.breakdowns[1].named == ["compute": 42, "transfer": 7, "drain": 21])
  }

  @Test(arguments: [Scope.tensor, .data, .world, .ends])
  func `a collective begins when the last rank has come; who is early waits for peers, or for the pipeline to empty`(
    _ scope: Scope
  ) throws {
    let step = try simulate(
      [
        track(0, [.work(10), .sum(6, over: [0, 4, 9], scope, rank: 0)]),
        track(4, [.work(25), .sum(6, over: [0, 4, 9], scope, rank: 4)]),
      ], CountedPricing(collective: 2))
    let waiting = scope == .ends ? "drain" : "peers"
    let activity = Activity(communicating: scope).name
    #expect(step.breakdowns[0].named == ["compute": 10, waiting: 15, activity: 12])
    #expect(step.breakdowns[1].named == ["compute": 25, activity: 12])
    #expect(step.makespan.picoseconds == 37)
    #expect(step.criticalPath.total.picoseconds == 37 && step.criticalPath[.elementwise].picoseconds == 25)
  }

  @Test func `a sum over all ranks waits for the pipeline to empty, where there is one`() throws {
    let step = try simulate(
      [
        track(
          0,
          [.work(10)] + Trace.Node.handOver(0)
            + [.send(1, to: 1), .sent(1, to: 1), .sum(6, over: [0, 1], .world, rank: 0)]),
        track(1, [.receive(1, from: 0), .received(1, from: 0), .work(25), .sum(6, over: [0, 1], .world, rank: 1)]),
      ], CountedPricing(collective: 2))
    #expect(step.breakdowns[0].named["drain"] == 25 && step.breakdowns[0].named["peers"] == nil)
    #expect(step.breakdowns[1].named["warm-up"] == 10)
  }

  @Test func `collectives of one group are told apart by their turn, and by what they are for`() throws {
    let group = [0, 1]
    let step = try simulate(
      [
        track(0, [.sum(1, over: group, rank: 0), .work(50), .sum(1, over: group, rank: 0)]),
        track(1, [.work(20), .sum(1, over: group, rank: 1), .sum(1, over: group, rank: 1)]),
      ], CountedPricing(collective: 3))
    #expect(step.breakdowns[0].named == ["compute": 50, "peers": 20, "tensor-parallel communication": 6])
    #expect(step.breakdowns[1].named == ["compute": 20, "peers": 50, "tensor-parallel communication": 6])
  }

  @Test func `a kernel waits for the host that issues it`() throws {
    let step = try simulate([track(0, [.work(10), .work(4), .work(100), .work(3)])], CountedPricing(issue: 20))
    // Issued at 20, 40, 60, 80; done at 30, 44, 160, 163.
    #expect(step.breakdowns[0].named == ["launching": 46, "compute": 117])
    #expect(step.criticalPath[.issue].picoseconds == 60)
    #expect(step.criticalPath[.elementwise].picoseconds == 103)
  }

  @Test(arguments: [
    (Program.Stream.gradients, Activity.dataCommunication), (.parameters, .dataCommunication),
    (.tensor, .tensorCommunication), (.pipeline, .pipelineCommunication),
  ])
  func `what the compute stream waits for beside it is exposed`(_ stream: Program.Stream, _ activity: Activity) throws {
    let nodes: [Trace.Node] = [
      .sum(30, over: [0, 7], .data, rank: 0, on: stream), .record(Event(index: 0), stream), .work(10),
      .wait(Event(index: 0), .compute), .work(5),
    ]
    let step = try simulate([track(0, nodes)], CountedPricing(collective: 1))
    #expect(step.breakdowns[0].named == ["compute": 15, activity.name: 20])
    #expect(step.breakdowns[0].communication == [.dataCommunication: SimDuration(picoseconds: 30)])
  }

  @Test func `what the host computes is offload where the GPU waits for it`() throws {
    let nodes: [Trace.Node] = [
      .work(25, on: .host), .record(Event(index: 0), .host), .work(10), .wait(Event(index: 0), .compute),
    ]
    let step = try simulate([track(0, nodes)])
    #expect(step.breakdowns[0].named == ["compute": 10, "offload": 15])
    #expect(step.breakdowns[0].beside.picoseconds == 25)
  }

  @Test func `work of another stream hides; an event is over when what came before it is`() throws {
    let nodes: [Trace.Node] = [
      .work(4, on: .gradients), .record(Event(index: 0), .gradients), .work(50, on: .gradients), .work(10),
      .wait(Event(index: 0), .compute), .work(60),
    ]
    let step = try simulate([track(0, nodes)])
    #expect(step.breakdowns[0].named == ["compute": 70])
    #expect(step.breakdowns[0].beside.picoseconds == 54)
  }

  @Test func `communication that goes on after the last kernel is exposed`() throws {
    let step = try simulate(
      [track(0, [.work(10), .sum(30, over: [0, 7], .data, rank: 0, on: .gradients)])], CountedPricing(collective: 1))
    #expect(step.breakdowns[0].named == ["compute": 10, "data-parallel communication": 20])
  }

  @Test func `a slow GPU computes longer, and communicates as before`() throws {
    let nodes: [Trace.Node] = [.work(10), .sum(30, over: [0, 7], rank: 0)]
    let step = try simulate([track(0, nodes, slowdown: 1.5)], CountedPricing(collective: 1))
    #expect(step.breakdowns[0].named == ["compute": 15, "tensor-parallel communication": 30])
  }
}
