import Program

/// What one rank of a lab's world reports, line by line.
struct LabRow: Codable {
  var costs: LabCosts?
  var sample: LabSample?
  var training: LabTraining?
}

/// The time of one collective at one size: of the slowest rank, in seconds, over the repetitions.
struct LabSample: Codable {
  var collective: LabCollective
  var bytes, repetitions: Int
  var seconds: Spread
}

/// A training step across the lab, in seconds, and what it sent.
struct LabTraining: Codable {
  /// The whole step; and the same without its messages, each rank by itself.
  var step, compute: Spread
  var steps: Int
  /// The step's collectives, as rank 0 takes part in them.
  var transfers: [Transfer]
}
