/// What a rank does with others now, and the last that it did, by series: its side of a diagnosis.
final class Journal {
  /// Finished activities that are remembered of one series.
  static let memory = 64

  let rank: Int
  /// `rank 3 [pp0 dp1]`.
  let describe: @Sendable (Int) -> String
  private(set) var current: Entry?
  /// Whom the wait is for, while there is one.
  var awaited: Int?
  private var places: [Activity.Series: Int] = [:]
  private var histories: [History] = []
  /// The history of `current`.
  private var place = 0
  /// The last finished collective of all.
  private var last: Entry?
  private var clock = 0

  init(rank: Int, describe: @escaping @Sendable (Int) -> String) { (self.rank, self.describe) = (rank, describe) }

  func began(_ activity: Activity) {
    place = history(of: activity.series)
    current = Entry(activity: activity, number: histories[place].next())
  }

  func finished() {
    guard let entry = current else { return }
    remember(entry, in: place)
    if !entry.activity.group.isEmpty { last = entry }
    (current, awaited) = (nil, nil)
  }

  func noted(_ activity: Activity) {
    let place = history(of: activity.series)
    remember(Entry(activity: activity, number: histories[place].next()), in: place)
  }

  private func remember(_ entry: Entry, in place: Int) {
    clock += 1
    histories[place].remember(entry, at: clock)
  }

  private func history(of series: Activity.Series) -> Int {
    if let place = places[series] { return place }
    histories.append(History())
    places[series] = histories.count - 1
    return histories.count - 1
  }
}

extension Journal {
  /// What this rank did, or does, as its part of `entry`, which is what `asker` does.
  func counterpart(of entry: Entry, for asker: Int) -> Entry? {
    switch entry.activity.kind {
    case .collective, .barrier: all(entry.activity.series).last { $0.number == entry.number }
    case .send(_, let tag): all(.receives(from: asker)).last { $0.activity.tag == tag }
    case .receive(_, let tag): all(.sends(to: asker)).last { $0.activity.tag == tag }
    }
  }

  /// The last activity of the same series that is over, or the last collective of any where there is none.
  func lastFinished(like entry: Entry) -> Entry? {
    places[entry.activity.series].flatMap { histories[$0].newest } ?? last
  }

  /// The last finished collective in which `peer` had a part.
  func lastShared(with peer: Int) -> Entry? {
    let shared = histories.filter { $0.newest?.activity.group.contains(peer) == true }
    return shared.max { $0.stamp < $1.stamp }?.newest
  }

  private func all(_ series: Activity.Series) -> [Entry] {
    let own = current.flatMap { $0.activity.series == series ? $0 : nil }
    return (places[series].map { histories[$0].entries } ?? []) + (own.map { [$0] } ?? [])
  }
}

/// The last entries of one series, the oldest overwritten first.
private struct History {
  private var count = 0
  /// When the newest entry was made, in entries of the whole journal.
  private(set) var stamp = 0
  private var ring: [Entry] = []
  private var place = 0

  mutating func next() -> Int {
    count += 1
    return count
  }

  mutating func remember(_ entry: Entry, at stamp: Int) {
    self.stamp = stamp
    if ring.count < Journal.memory { ring.append(entry) } else { ring[place] = entry }
    place = (place + 1) % Journal.memory
  }

  var entries: [Entry] { ring.count < Journal.memory ? ring : Array(ring[place...] + ring[..<place]) }
  var newest: Entry? { ring.isEmpty ? nil : ring[(place + ring.count - 1) % ring.count] }
}
