package import Quantities

/// Attention of `new` tokens over a cache of rows [keys (Akv·D), values (Akv·D)]: their own keys and values are appended at `past`
/// first, then every token attends to all before it and itself.
package func cachedAttention(
  _ type: ScalarType, packed: Region, y: Region, cache: Region, new: Int, past: Int, capacity: Int, heads: Int,
  keyValueHeads: Int, headSize: Int
) {
  require(past + new <= capacity, "\(past) + \(new) tokens do not fit in a cache of \(capacity)")
  type.isDouble
    ? loop(Double.self, packed, y, cache, new, past, capacity, heads, keyValueHeads, headSize)
    : loop(Float.self, packed, y, cache, new, past, capacity, heads, keyValueHeads, headSize)
}

private func loop<T: KernelScalar>(
  _: T.Type, _ packed: Region, _ y: Region, _ cache: Region, _ new: Int, _ past: Int, _ capacity: Int, _ heads: Int,
  _ keyValueHeads: Int, _ d: Int
) {
  let (width, pair) = (heads * d, 2 * keyValueHeads * d)
  let (packed, y) = (packed.values(T.self, new * (width + pair)), y.values(T.self, new * width))
  let cache = cache.values(T.self, capacity * pair)
  for token in 0..<new {
    (cache + (past + token) * pair).update(from: packed + token * (width + pair) + width, count: pair)
  }
  let scale = 1 / T(d).squareRoot()
  withUnsafeTemporaryAllocation(of: T.self, capacity: past + new) { scores in
    let scores = scores.baseAddress!
    for token in 0..<new {
      let length = past + token + 1
      for head in 0..<heads {
        let query = packed + token * (width + pair) + head * d
        let key = cache + head / (heads / keyValueHeads) * d
        for j in 0..<length { scores[j] = laneDot(query, key + j * pair, d) * scale }
        let maximum = laneMaximum(scores, length)
        for j in 0..<length { scores[j] = T.exponential(scores[j] - maximum) }
        let inverse = 1 / laneSum(scores, length)
        let output = y + token * width + head * d
        output.update(repeating: 0, count: d)
        for j in 0..<length {
          let (weight, value) = (scores[j] * inverse, key + j * pair + keyValueHeads * d)
          for i in 0..<d { output[i] += weight * value[i] }
        }
      }
    }
  }
}
