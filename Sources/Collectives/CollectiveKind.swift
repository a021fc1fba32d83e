/// What a collective computes over the buffers of a group of ranks.
///
/// - Source: MPI: A Message-Passing Interface Standard 4.1, chapter 6.
package enum CollectiveKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// Every rank ends with the sum of all buffers.
  case allReduce = "all-reduce"
  /// Rank r ends with the sum of all buffers in its shard; the rest of its buffer is scratch.
  case reduceScatter = "reduce-scatter"
  /// Rank r starts with its shard; every rank ends with all of them.
  case allGather = "all-gather"
  /// Every rank ends with the root's buffer.
  case broadcast
}
