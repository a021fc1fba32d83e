/// Which tokens each sample of a run holds: a pure function of the sample's global number.
///
/// Global sample = step · global batch + place in the batch. No rank, micro-batch or worker enters, so every layout
/// reads the same batches, and a resumed run goes on where it stopped.
package struct BatchSampler: Hashable, Sendable {
  /// Where samples start.
  package enum Order: Hashable, Sendable {
    /// Anywhere, uniformly and independently, as nanoGPT's `get_batch` does.
    case random(seed: UInt64)
    /// One after the other without overlap, from the first again after the last: for evaluation and benchmarks.
    case sequential
  }

  package let order: Order
  /// `S`: inputs per sample; a sample takes one token more, for the last target.
  package let sequenceLength: Int
  /// Number of tokens to sample from; at least `sequenceLength + 1`.
  package let count: Int

  package init(order: Order, sequenceLength: Int, count: Int) {
    precondition(
      sequenceLength > 0 && count > sequenceLength, "samples of \(sequenceLength) + 1 tokens out of \(count)")
    self.order = order
    self.sequenceLength = sequenceLength
    self.count = count
  }

  /// nanoGPT's random starts.
  package init(seed: UInt64, sequenceLength: Int, count: Int) {
    self.init(order: .random(seed: seed), sequenceLength: sequenceLength, count: count)
  }

  /// Samples of one sequential pass; up to `sequenceLength - 1` tokens at the end are no input in it.
  package var samplesPerPass: Int { (count - 1) / sequenceLength }

  /// The global samples of one step.
  package static func samples(ofStep step: Int, globalBatch: Int) -> Range<Int> {
    step * globalBatch..<(step + 1) * globalBatch
  }

  /// The position of a sample's first input, in `0...(count - sequenceLength - 1)`.
  package func start(ofSample globalSample: Int) -> Int {
    precondition(globalSample >= 0, "global sample \(globalSample)")
    switch order {
    case .random(let seed):
      // Hashing the seed first keeps the streams of neighbouring seeds apart. The high half of the product is
      // uniform to within (count - S) / 2⁶⁴ (Lemire 2019, arXiv:1805.10941, without the rejection step).
      let hash = splitMix64(splitMix64(seed) &+ UInt64(globalSample) &* splitMix64Increment)
      return Int(hash.multipliedFullWidth(by: UInt64(count - sequenceLength)).high)
    case .sequential:
      return globalSample % samplesPerPass * sequenceLength
    }
  }
}

/// Samples in rows: `inputs` and `targets` are [samples × S], contiguous; a target is the token after its input.
package struct TokenBatch: Hashable, Sendable {
  package var inputs: [Int32]
  package var targets: [Int32]
  package var samples: Int
  package var sequenceLength: Int
}

extension BatchSampler {
  /// One sample: `inputs` [S], and `targets` [S], the same one position later.
  package func sample(_ globalSample: Int, from source: TokenSource) -> (inputs: [Int32], targets: [Int32]) {
    let batch = batch(CollectionOfOne(globalSample), from: source)
    return (batch.inputs, batch.targets)
  }

  /// The samples with the given global numbers, in their order: a global batch, or a rank's part of one.
  package func batch(_ globalSamples: some Collection<Int>, from source: TokenSource) -> TokenBatch {
    precondition(source.count == count, "a sampler of \(count) tokens on a source of \(source.count)")
    let samples = globalSamples.count
    var inputs = [Int32](repeating: 0, count: samples * sequenceLength)
    var targets = inputs
    for (row, sample) in globalSamples.enumerated() {
      let start = start(ofSample: sample)
      let range = start..<start + sequenceLength
      source.copy(range, into: &inputs, at: row * sequenceLength)
      source.copy(range.lowerBound + 1..<range.upperBound + 1, into: &targets, at: row * sequenceLength)
    }
    return TokenBatch(inputs: inputs, targets: targets, samples: samples, sequenceLength: sequenceLength)
  }
}
