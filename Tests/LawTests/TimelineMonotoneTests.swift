import Cluster
import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Timing
import Training

@Suite("More hardware never costs time, and less never saves any") struct TimelineMonotoneTests {
  /// Every ninth layout.
  private static let cells = TimelineBench.cells.enumerated().filter { $0.offset.isMultiple(of: 9) }.map(\.element)

  @Test("More bandwidth on all links is never slower")
  func bandwidth() throws {
    for cell in Self.cells {
      let tracks = cell.pipelineTracks
      let steps = try [0.25, 0.5, 1, 2, 8].map { factor in
        try TimelineBench.simulate(
          tracks, TimelineBench.pricing(TimelineBench.cluster(cell.layout.ranks).scaled(factor), cell.layout.mesh)
        ).makespan
      }
      #expect(steps == steps.sorted(by: >), "\(cell): \(steps)")
    }
  }

  @Test("A slower GPU is never faster, be it one or all of them")
  func slowGPUs() throws {
    for cell in Self.cells {
      let pricing = try TimelineBench.pricing(TimelineBench.cluster(cell.layout.ranks), cell.layout.mesh)
      for isAll in [true, false] {
        let steps = try [1, 1.05, 1.5, 4].map { factor in
          var tracks = cell.tracks(of: cell.pipelineRanks)
          for place in tracks.indices where isAll || place == tracks.count - 1 { tracks[place].slowdown = factor }
          return try TimelineBench.simulate(tracks, pricing).makespan
        }
        #expect(steps == steps.sorted() && steps.first! < steps.last!, "\(cell): \(steps)")
      }
    }
  }

  @Test("Recomputing part of a layer never costs more than all of it, and all no less than nothing")
  func recomputation() throws {
    let steps = try [Recomputation.none, .selective, .full(every: 1)].map { recomputation in
      try Self.large { $0.recomputation = recomputation }.makespan
    }
    #expect(steps[0] < steps[1] && steps[1] < steps[2], "\(steps)")
  }

  @Test("More GPUs never raise what a GPU computes for a micro-batch", arguments: [Axis.pipeline, .tensor, .data])
  func moreGPUs(_ axis: Axis) throws {
    let busy = try [1, 2, 4, 8].map { size in
      let step = try Self.large {
        switch axis {
        case .pipeline: $0.pipeline = size
        case .tensor: $0.tensor = size
        default: $0.data = size
        }
      }
      return try #require(step.timeline).passages.max()!
    }
    #expect(busy == busy.sorted(by: >), "\(busy)")
  }

  @Test("States and gradients never grow with the ZeRO stage")
  func zero() throws {
    let held = [0, 1, 2, 3].map { stage in
      var (run, layout) = Self.largeRun
      (layout.data, layout.zero) = (4, ZeROPlan(stage: stage))
      run.globalBatch = 16
      let program = RankProgram(run.plan(layout), mesh: layout.mesh, rank: 0)
      let states = program.standing.live
      return (states[.parameters] ?? .zero) + (states[.optimizer] ?? .zero) + (program.ledger.peak[.gradients] ?? .zero)
    }
    #expect(held == held.sorted(by: >) && held[3] < held[0], "\(held)")
  }

  @Test("Messages of a pipeline take a time that is bytes over bandwidth")
  func pipelineTransfers() throws {
    let cell = MatrixCell(run: Self.largeRun.run, layout: Self.largeRun.layout, name: "large")
    let tracks = cell.pipelineTracks
    let programs = RankProgram.pipeline(cell.plan, mesh: cell.layout.mesh)
    for wire in [1, 2, 4] {
      let step = try TimelineBench.simulate(tracks, CountedPricing(wire: wire))
      for (program, breakdown) in zip(programs, step.breakdowns) {
        let messages = program.ledger.communication.filter { $0.key.kind == .message }
        let sent = messages.values.reduce(0) { $0 + $1.sent.value }
        #expect(breakdown.communication[.pipelineCommunication]?.picoseconds ?? 0 == wire * sent)
      }
    }
    // On a real link, the latency stays.
    let times = try [1.0, 2, 4].map { factor in
      try TimelineBench.pricing(TimelineBench.cluster(16).scaled(factor), Mesh([.pipeline: 2, .tensor: 8]))
        .duration(of: .gibibyte, from: 0, to: 8)
    }
    for (slow, fast) in zip(times, times.dropFirst()) { #expect((1.8...2).contains(slow / fast), "\(times)") }
  }

  /// A model whose kernels fill a GPU, on two stages.
  private static var largeRun: (run: TinyRun, layout: TinyLayout) {
    var (run, layout) = (TinyRun(), TinyLayout())
    run.model = .gpt2(GPT2Configuration(vocabularySize: 8192, positions: 1024, hidden: 2048, layers: 8, heads: 16))
    (run.sequence, run.globalBatch, run.precision) = (1024, 4, PrecisionPlan(.bfloat16))
    (layout.pipeline, layout.microBatches) = (2, 4)
    return (run, layout)
  }

  /// Its step, with as many sequences for each GPU whatever the layout.
  private static func large(_ change: (inout TinyLayout) -> Void) throws -> SimulatedStep {
    var (run, layout) = largeRun
    layout.pipeline = 1
    change(&layout)
    run.globalBatch = 4 * layout.data
    let cell = MatrixCell(run: run, layout: layout, name: "large")
    let pricing = try TimelineBench.pricing(TimelineBench.cluster(layout.ranks), layout.mesh)
    return try TimelineBench.simulate(cell.pipelineTracks, pricing, records: true)
  }
}

extension ClusterDescription {
  /// The same with links of another speed.
  fileprivate func scaled(_ factor: Double) -> ClusterDescription {
    var cluster = self
    guard case .nvSwitch(let link, let reduces, let nodes) = nodeFabric else { preconditionFailure("no switches") }
    cluster.nodeFabric = .nvSwitch(link.scaled(factor), reduces: reduces, nodesPerDomain: nodes)
    cluster.gpu.nvlink = gpu.nvlink.map { Bandwidth($0.bytesPerSecond * factor) }
    cluster.network?.link = network!.link.scaled(factor)
    (cluster.host.gpuLink, cluster.host.nicLink) = (host.gpuLink.scaled(factor), host.nicLink.scaled(factor))
    return cluster
  }
}

extension Link {
  fileprivate func scaled(_ factor: Double) -> Link {
    var link = self
    link.bandwidth = Bandwidth(bandwidth.bytesPerSecond * factor)
    link.achieved = Bandwidth(achieved.bytesPerSecond * factor)
    return link
  }
}

extension ByteCount {
  fileprivate static let gibibyte = ByteCount(1 << 30)
}
