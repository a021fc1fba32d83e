/// What a scheduler looks at in every clock, of each of its warps.
struct WarpReadiness {
  /// Earliest clock of the next issue; `never` while something else must happen first.
  var at = Warp.never
  /// Clock of the last issue.
  var issued = 0
  /// Launch order: the smaller, the older.
  var age: Int32 = 0
  var reason = StallReason.noWarp
  /// What the next operation holds.
  var pipe = Pipe.control
}

/// One resident warp: where it is in its program, and what it has on its way.
struct Warp {
  static let never = Int.max
  /// Closed asynchronous groups whose completion is remembered; more are never in flight.
  static let ring = 16

  var block: Int
  var role: Int
  var scheduler: Int
  /// Its place among the readinesses, which lie scheduler by scheduler.
  var place: Int
  var section = 0, iteration = 0
  /// Next operation; -1 after the last.
  var operation = -1
  /// Barrier and phase that it waits for while blocked; -1 for none.
  var awaitedBarrier = -1, awaitedPhase = 0
  /// Clock at which its last result is written and its last store has left the SM: only then can it exit.
  var drained = 0
  /// Clock at which the open group of copies is done.
  var openCopies = 0
  var copyGroups = AsyncGroups(), products = AsyncGroups()
  /// How often it has waited at each phase barrier.
  private var waits = SIMD16<Int>(repeating: 0)

  init(block: Int, role: Int, scheduler: Int, place: Int) {
    (self.block, self.role, self.scheduler, self.place) = (block, role, scheduler, place)
  }

  func phase(of barrier: Int) -> Int { waits[barrier] }
  mutating func countWait(_ barrier: Int) { waits[barrier] += 1 }

  /// Completion times of the last groups, in order: one group is never done before the one before it.
  struct AsyncGroups {
    var closed = 0
    var times = SIMD16<Int>(repeating: 0)

    mutating func close(at time: Int) {
      let last = closed > 0 ? times[(closed - 1) % Warp.ring] : 0
      times[closed % Warp.ring] = max(last, time)
      closed += 1
    }

    /// The clock from which at most `pending` groups are in flight.
    func done(allBut pending: Int) -> Int {
      let index = closed - pending - 1
      return index < 0 ? 0 : times[index % Warp.ring]
    }
  }
}

/// A barrier whose phases complete by a count of arrivals, or by the bytes of a bulk copy.
struct PhaseBarrier {
  var arrivals: Int
  var arrived = 0
  var latest = 0
  /// Phases that are complete or have a known time of completion.
  var completed = 0
  var times = SIMD16<Int>(repeating: 0)

  init(arrivals: Int) { self.arrivals = arrivals }

  /// - Returns: whether a phase is now complete.
  mutating func arrive(at time: Int) -> Bool {
    (arrived, latest) = (arrived + 1, max(latest, time))
    guard arrived == arrivals else { return false }
    times[completed % Warp.ring] = latest
    (completed, arrived, latest) = (completed + 1, 0, 0)
    return true
  }
}
