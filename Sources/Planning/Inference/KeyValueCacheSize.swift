package import Model
package import Quantities

/// Bytes of the keys and values that generation keeps.
///
///     bytes = sequences · ⌈tokens / block⌉ · block · 2·L·Akv·D·bytes of a value
///
/// Akv is A for multi-head attention, less for grouped queries, 1 for multi-query attention. Every sequence has blocks of its own: what
/// its last one does not fill is lost.
///
/// Worked example: LLaMA-2 7B in fp16, 32 layers of 32 heads of 128: 2·32·32·128·2 = 512 KiB a token; 2,048 tokens are 1 GiB.
///
/// - Source: Kwon et al. 2023, arXiv:2309.06180, for blocks; Ainslie et al. 2023, arXiv:2305.13245, for grouped queries.
/// - Ignores: block tables, and prefixes that sequences share.
/// - Validated: equal to the ledger of the model's own program, where blocks are of one token.
package struct KeyValueCacheSize: Hashable, Sendable {
  package let perToken: ByteCount
  /// Tokens of a block; 1 where a cache is as long as its sequence.
  package let block: Int

  /// - Errors: `EstimateError` for blocks without a token.
  package init(_ architecture: Architecture, _ type: ScalarType, block: Int) throws(EstimateError) {
    guard block > 0 else {
      throw EstimateError(
        key: "block", value: "\(block)", reason: "holds no token", way: "give 16, or 1 to round nothing up")
    }
    let values = 2 * architecture.layers * architecture.keyValueHeads * architecture.headSize
    (perToken, self.block) = (ByteCount(values, of: type), block)
  }

  /// Of so many sequences of equal length.
  package func bytes(tokens: Int, sequences: Int = 1) -> ByteCount {
    perToken * (sequences * block * ((tokens + block - 1) / block))
  }
}
