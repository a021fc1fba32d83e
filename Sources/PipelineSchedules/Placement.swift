/// Which rank holds which stage, and which stages follow each other.
package enum Placement: Hashable, Sendable {
  /// Stage s on rank s mod p: a token passes every rank once per chunk.
  case loop
  /// Two chunks: stages r and 2p − 1 − r on rank r, so that the last rank hands over to itself.
  case v
  /// The ranks of `v`, but two copies of the model: stages 0 ..< p one way, p ..< 2p the other way, unlinked.
  case bidirectional
  /// Any other map from stage to rank.
  case custom([Int])

  /// The rank of `stage` among `ranks`.
  package func rank(of stage: Int, ranks: Int) -> Int {
    switch self {
    case .loop: stage % ranks
    case .v, .bidirectional: stage < ranks ? stage : 2 * ranks - 1 - stage
    case .custom(let map): map[stage]
    }
  }
}
