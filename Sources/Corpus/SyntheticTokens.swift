/// A stream of made-up tokens with a pattern that a model can learn and some noise: for benchmarks without a corpus.
///
///     token(i) = (3 · (i mod 97) + splitMix64(i) mod 5) mod vocabularySize
package struct SyntheticTokens: Hashable, Sendable {
  package let vocabularySize: Int
  /// Number of tokens of the stream.
  package let count: Int

  package init(vocabularySize: Int, count: Int) {
    precondition(vocabularySize > 0 && count >= 0, "synthetic tokens: vocabulary \(vocabularySize), count \(count)")
    self.vocabularySize = vocabularySize
    self.count = count
  }

  /// The token at a position in `0..<count`.
  package subscript(position: Int) -> Int32 {
    precondition(position >= 0 && position < count, "synthetic token \(position) of \(count)")
    let noise = Int(splitMix64(UInt64(position)) % 5)
    return Int32((3 * (position % 97) + noise) % vocabularySize)
  }
}
