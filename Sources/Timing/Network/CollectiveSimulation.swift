package import Cluster
package import NetworkModel
package import Quantities

/// Collectives played message by message over the routes of a topology.
///
/// A message waits for the greatest overhead and all latencies of its route, and then flows at the payload rate that its links have
/// left; flows share links max-min fairly, those of all groups together. A lone message of B bytes so takes
///
///     T = overhead + Σ latency + B / min(achieved)
///
/// and a schedule of s steps whose links nobody shares s·(overhead + Σ latency) + volume / min(achieved).
///
/// Worked example: a ring all-reduce of 8 MiB over 8 GPUs behind the switch of an HGX H100: 14 steps of 1 MiB, each
/// 0.2 + 2 · 0.4 us + 1,048,576 B / 371 GB/s = 3.826 us; together 53.57 us.
///
/// Ranks that a symmetry of messages, routes and links maps onto each other do everything at the same time: of each such class one is
/// simulated (`SymmetrySearch`). Where no link can be filled by all that use it, messages do not touch each other and no event queue is
/// needed (`RoundRecurrence`).
///
/// - Ignores: launching of kernels, NCCL's protocols and channels, copying and summing inside a GPU, packets. `CollectiveModel` has
///   fitted constants for them: this model tells what sharing does.
/// - Source: links' figures from the catalogue; max-min sharing: `FlowNetwork`.
package struct CollectiveSimulation: Sendable {
  /// One collective: rank r of its pattern sits on GPU `gpus[r]`.
  package struct Group: Hashable, Sendable {
    package var pattern: MessagePattern
    package var gpus: [Int]

    package init(_ pattern: MessagePattern, on gpus: [Int]) { (self.pattern, self.gpus) = (pattern, gpus) }
  }

  /// How a simulation is carried out; only pieces change what comes out.
  package struct Options: Hashable, Sendable {
    /// One rank stands for all that do the same.
    package var folds: Bool
    /// Every message goes through the event queue, also where none can be in another's way.
    package var usesEventsAlways: Bool
    /// Pieces that the buffer is cut into, each of which goes through all phases behind the one before it: a tree becomes a pipeline.
    package var pieces: Int

    package init(folds: Bool = true, usesEventsAlways: Bool = false, pieces: Int = 1) {
      precondition(pieces > 0, "a buffer in \(pieces) pieces")
      (self.folds, self.usesEventsAlways, self.pieces) = (folds, usesEventsAlways, pieces)
    }
  }

  package struct Result: Hashable, Sendable {
    /// From the start of all groups to the end of the last.
    package var makespan: SimDuration
    /// Of each rank of each group.
    package var ends: [[SimDuration]]
    /// By the number of the link in the topology.
    package var carried: [Int: ByteCount]
    /// Classes of ranks that were simulated, and whether messages were in each other's way.
    package var classes: Int
    package var isShared: Bool
  }

  package let topology: Topology

  package init(_ topology: Topology) { self.topology = topology }

  /// Starts all groups at once.
  ///
  /// - Errors: `NetworkError` for a group that does not fit its GPUs or the topology, and for sums in a switch where there is none.
  package func run(_ groups: [Group], _ options: Options = Options()) throws(NetworkError) -> Result {
    let plan = try MessagePlan(groups, topology, pieces: options.pieces)
    let classes = options.folds ? SymmetrySearch(plan, groups, topology).classes : SymmetryClasses(alone: plan)
    let folded = FoldedPlan(plan, classes)
    let isShared = SharedLinks(plan).areFilled
    let ends: [SimDuration]
    let carried: [Int: ByteCount]
    if isShared || options.usesEventsAlways || options.pieces > 1 {
      var play = MessagePlay(folded, pieces: options.pieces)
      ends = play.run()
      carried = folded.spread(play.carried, plan)
    } else {
      ends = RoundRecurrence(folded).ends
      carried = plan.carried
    }
    return Result(
      makespan: ends.max() ?? .zero, ends: plan.byGroup(folded.spread(ends)), carried: carried,
      classes: folded.classes, isShared: isShared)
  }
}
