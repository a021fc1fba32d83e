package import Quantities

/// What a simulation of the run assumes; training reads none of it.
package struct SimulationSettings: Hashable, Sendable {
  /// What the GPUs compute in: the run's precision where no other is given.
  package let precision: ScalarType
  /// GPUs that take part; nil for the ranks of the run, or all of the cluster where the run takes what there is.
  package let gpus: Int?
  package let kernels: Kernels
  package let attention: Attention
  /// Each rank at most once.
  package let slowGPUs: [SlowGPU]
  /// Each part of a rank at most once.
  package let slowLinks: [SlowLink]
  /// Relative standard deviation of what a rank's work takes in a step, up to 2; 0 for none.
  package let jitter: Double
  /// Nil where no GPU fails.
  package let failures: Failures?
  /// Seconds that training stands still while a checkpoint is written; nil where it is not counted.
  package let checkpointWriteTime: Double?

  /// How operations become kernels.
  package enum Kernels: String, Hashable, Sendable, CaseIterable {
    /// Every elementwise function a kernel of its own.
    case eager
    /// A kernel for each operation of the program.
    case fused
    /// As `fused`; neighbours merge.
    case compiled
  }

  package enum Attention: String, Hashable, Sendable, CaseIterable {
    case flash, unfused
    /// Flash where GPU and precision have it.
    case auto
  }

  /// A GPU whose kernels take longer than those of its kind.
  package struct SlowGPU: Hashable, Sendable {
    package var rank: Int
    /// Of time, from 1 to 1000.
    package var factor: Double
  }

  /// A connection that moves fewer bytes in a second than those of its kind.
  package struct SlowLink: Hashable, Sendable {
    package enum Part: String, Hashable, Sendable, CaseIterable {
      /// The network card that the rank sends through.
      case network
      /// The GPU's links to its switch or its neighbours.
      case nvlink
      /// The GPU's way to its host.
      case pcie
    }

    package var part: Part
    package var rank: Int
    /// Of the time that a byte takes, from 1 to 1000.
    package var factor: Double
  }

  /// How often a GPU fails, and what that costs beside the work that is lost.
  package struct Failures: Hashable, Sendable {
    /// Mean seconds between two failures of one GPU.
    package let meanTimeBetween: Double
    /// Seconds from a failure until training goes on.
    package let restartTime: Double
  }
}

extension SimulationSettings.SlowGPU: CustomStringConvertible {
  /// As in a file: `5:1.3`.
  package var description: String { "\(rank):\(factor)" }
}

extension SimulationSettings.SlowLink: CustomStringConvertible {
  /// As in a file: `network 5:4.0`.
  package var description: String { "\(part.rawValue) \(rank):\(factor)" }
}
