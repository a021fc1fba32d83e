import Mesh
import Program

/// Collectives among ranks of different tracks: everybody starts when the last has come.
struct Meetings {
  private struct Kind: Hashable {
    var scope: Scope
    var group: [Int]
  }
  private struct Key: Hashable {
    var kind, number: Int
  }
  private struct Meeting {
    var missing: Int
    var last: TrackState.Moment
  }

  private var kinds: [Kind: Int] = [:]
  private var tracks: [Int] = []
  private var meetings: [Key: Meeting] = [:]

  /// The meeting that a collective is, or nil where but one of these ranks takes part.
  mutating func kind(of transfer: Transfer, among ranks: Set<Int>) -> Int? {
    let kind = Kind(scope: transfer.scope, group: transfer.group)
    if let known = kinds[kind] { return tracks[known] > 1 ? known : nil }
    kinds[kind] = tracks.count
    tracks.append(transfer.group.count { ranks.contains($0) })
    return tracks.last! > 1 ? tracks.count - 1 : nil
  }

  /// One track more stands at its `number`-th meeting of a kind.
  mutating func join(_ kind: Int, _ number: Int, at moment: TrackState.Moment) {
    let key = Key(kind: kind, number: number)
    var meeting = meetings[key] ?? Meeting(missing: tracks[kind], last: moment)
    meeting.missing -= 1
    if moment.time > meeting.last.time { meeting.last = moment }
    meetings[key] = meeting
  }

  /// When the last track came; nil while one is missing.
  func start(_ kind: Int, _ number: Int) -> TrackState.Moment? {
    meetings[Key(kind: kind, number: number)].flatMap { $0.missing == 0 ? $0.last : nil }
  }
}
