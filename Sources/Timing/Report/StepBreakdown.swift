package import Quantities

/// Where the time of a step goes on one rank: its compute stream from the step's start to its end, without gap or overlap.
///
///     makespan = Σ busy + Σ exposed + warm-up + drain + dependency wait + transfer wait + peers + launching + offload
package struct StepBreakdown: Hashable, Sendable {
  /// Kernels of the compute stream.
  package var busy: [Activity: SimDuration] = [:]
  /// All communication of the rank, whether it hides behind kernels or not.
  package var communication: [Activity: SimDuration] = [:]
  /// The part of it that kernels wait for.
  package var exposed: [Activity: SimDuration] = [:]
  /// Kernels of other streams, which hide behind those of the compute stream.
  package var beside = SimDuration.zero
  /// Before the rank's first passage has anything to compute on: the pipeline fills.
  package var warmUp = SimDuration.zero
  /// After its last passage, until other stages have caught up: the pipeline empties. A slow replica shows here too.
  package var drain = SimDuration.zero
  /// Between passages: another stage has not yet made what is waited for, or it is under way.
  package var dependencyWait = SimDuration.zero
  package var transferWait = SimDuration.zero
  /// For the other ranks of a collective, or at the end of a step without stages: some are slower.
  package var peers = SimDuration.zero
  /// For the host to issue a kernel.
  package var launching = SimDuration.zero
  /// For optimizer state in the host's memory.
  package var offload = SimDuration.zero
  package var makespan = SimDuration.zero

  package init() {}

  package var compute: SimDuration { busy.values.reduce(.zero, +) }
  package var exposedCommunication: SimDuration { exposed.values.reduce(.zero, +) }
  /// Time in which the rank waits for other stages.
  package var bubble: SimDuration { warmUp + drain + dependencyWait + transferWait }
  /// Of the makespan.
  package var bubbleFraction: Double { makespan.picoseconds > 0 ? bubble / makespan : 0 }
  package var parts: SimDuration {
    compute + exposedCommunication + bubble + peers + launching + offload
  }
}
