import Mesh
import Model
import Quantities
import TestSupport
import Testing
import Timing

@Suite("A few ranks and micro-batches stand for all") struct TimelineFoldTests {
  @Test("Ranks that share a program, rehearsed ones and whole ones take the same step, in every layout of the matrix")
  func sharedEqualsOwn() throws {
    var shared = 0
    for cell in TimelineBench.cells {
      let pricing = try TimelineBench.pricing(TimelineBench.cluster(cell.layout.ranks), cell.layout.mesh)
      let tracks = cell.pipelineTracks
      let folded = try TimelineBench.simulate(tracks, pricing)
      for isWhole in [false, true] {
        let own = try TimelineBench.simulate(cell.tracks(of: cell.pipelineRanks, isWhole: isWhole), pricing)
        #expect(own.makespan == folded.makespan, "\(cell)")
        #expect(own.breakdowns == folded.breakdowns, "\(cell)")
        #expect(own.criticalPath == folded.criticalPath, "\(cell)")
      }
      if Set(tracks.map(\.programClass)).count < tracks.count { shared += 1 }
    }
    #expect(shared > 5, "\(shared) of \(TimelineBench.cells.count) layouts share programs")
  }

  @Test("One pipeline alone computes what all ranks compute, and takes the same time but for the optimizer's kernels")
  func pipelineEqualsAll() throws {
    for (number, cell) in TimelineBench.cells.enumerated() where cell.layout.ranks > cell.layout.pipeline {
      guard number.isMultiple(of: 2) else { continue }
      let cell = cell.withEqualParts
      let pricing = try TimelineBench.pricing(TimelineBench.cluster(cell.layout.ranks), cell.layout.mesh)
      let folded = try TimelineBench.simulate(cell.pipelineTracks, pricing, records: true)
      let all = try TimelineBench.simulate(cell.tracks(of: Array(0..<cell.layout.ranks)), pricing, records: true)
      let (own, kernels) = (try #require(folded.timeline).passages, try #require(all.timeline).passages)
      for (rank, time) in kernels.enumerated() {
        #expect(time == own[cell.layout.mesh.coordinate(of: rank, along: .pipeline)], "\(cell), rank \(rank)")
      }
      // Which ranks count a tensor in the norm and update it is not the same for all: a few launches of tiny kernels.
      #expect((1...1.03).contains(all.makespan / folded.makespan), "\(cell): \(all.makespan), \(folded.makespan)")
    }
  }
}

extension MatrixCell {
  /// The same with a vocabulary that every number of ranks divides.
  fileprivate var withEqualParts: MatrixCell {
    var cell = self
    switch run.model {
    case .gpt2(var model):
      model.vocabularySize = 32
      cell.run.model = .gpt2(model)
    case .llama(var model):
      model.vocabularySize = 32
      cell.run.model = .llama(model)
    }
    return cell
  }
}
