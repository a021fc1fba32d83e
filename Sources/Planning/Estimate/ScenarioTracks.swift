import Cluster
import Execution
import Mesh
import Timing
import Training

/// The ranks of a scenario that are simulated, each for all that are like it.
struct ScenarioTracks {
  let tracks: [RankTrack]
  /// Of the first kind of pipeline.
  let programs: [RankProgram]

  init(_ scenario: Scenario) {
    let kinds = ReplicaKinds(scenario).kinds
    let mesh = scenario.mesh
    let others = mesh.count / mesh.size(.pipeline) / mesh.size(.data)
    var (tracks, first): ([RankTrack], [RankProgram]?) = ([], nil)
    for (number, kind) in kinds.enumerated() {
      // Where pipelines differ, ranks meet by their own groups, so no two stages may share a trace.
      let programs = RankProgram.pipeline(scenario.plan, mesh: mesh, data: kind.data) { a, b in
        kinds.count == 1 && scenario.slowLinks.isEmpty && scenario.placesAlike(a, b)
      }
      first = first ?? programs
      let classes = (programs.map(\.programClass).max() ?? 0) + 1
      for program in programs {
        let stage = program.layout.pipelineRank
        tracks.append(
          RankTrack(
            label: scenario.label(stage, kind, of: kinds), rank: program.rank, count: kind.count * others,
            trace: program.trace, programClass: number * classes + program.programClass,
            slowdown: kind.slowdowns[stage], standing: program.standing.live))
      }
    }
    (self.tracks, programs) = (tracks, first!)
  }
}

extension Scenario {
  /// Whether the groups of two stages lie on nodes in the same way.
  fileprivate func placesAlike(_ a: Int, _ b: Int) -> Bool {
    [Scope.data, .expert, .context, .tensor, .shard, .replicate].allSatisfy { scope in
      mesh.placements(of: a, in: scope, on: cluster) == mesh.placements(of: b, in: scope, on: cluster)
    }
  }

  fileprivate func label(_ stage: Int, _ kind: ReplicaKinds.Kind, of kinds: [ReplicaKinds.Kind]) -> String {
    let place = mesh.size(.pipeline) > 1 ? "pipeline rank \(stage)" : "every rank"
    guard kinds.count > 1 else { return place }
    return kind.count > 1 || kind.slowdowns.allSatisfy { $0 == 1 } && kind.data == kinds[0].data
      ? "\(place), \(kind.count) \(kind.count == 1 ? "replica" : "replicas")" : "\(place), replica \(kind.data)"
  }
}
