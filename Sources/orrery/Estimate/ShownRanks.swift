import Planning
import Timing

/// The pipeline ranks that stand for all in a table: first, middle, last, and those that differ from their like.
struct ShownRanks {
  /// Places among the simulated tracks.
  let tracks: [Int]
  /// Places among the estimates of memory.
  let memory: [Int]

  private static let most = 4

  init(_ estimate: ClusterEstimate) {
    let tracks = estimate.step.tracks
    let stages = estimate.programs.count
    guard tracks.count > Self.most else {
      (self.tracks, memory) = (Array(tracks.indices), Array(0..<stages))
      return
    }
    let slowest = tracks.indices.max { tracks[$0].slowdown < tracks[$1].slowdown }!
    let special = tracks[slowest].slowdown > 1 ? [slowest] : tracks.count > stages ? [stages] : []
    let fullest = estimate.memory.indices.max { estimate.memory[$0].total < estimate.memory[$1].total }!
    self.tracks = Self.places(stages, special)
    memory = Self.places(stages, [fullest])
  }

  private static func places(_ stages: Int, _ special: [Int]) -> [Int] {
    Set([0, stages / 2, stages - 1] + special).sorted()
  }
}
