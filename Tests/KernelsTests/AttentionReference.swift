import Foundation
import Kernels

/// Attention as the textbook has it, in Double, with every probability in memory.
struct AttentionReference {
  let shape: AttentionLoop
  let packed: [Double]
  /// What a probability is multiplied by after the softmax: 0 or 1/(1 − p) under dropout.
  var factor: (_ sample: Int, _ head: Int, _ query: Int, _ key: Int) -> Double = { _, _, _, _ in 1 }

  private var columns: Int { (shape.heads + 2 * shape.keyValueHeads) * shape.headSize }
  private var width: Int { shape.heads * shape.headSize }

  /// Where the query, key or value of a token begins in the packed matrix.
  private func query(_ sample: Int, _ head: Int, _ token: Int) -> Int {
    (sample * shape.sequence + token) * columns + head * shape.headSize
  }
  private func key(_ sample: Int, _ head: Int, _ token: Int) -> Int {
    let group = shape.heads / shape.keyValueHeads
    return (sample * shape.sequence + token) * columns + width + head / group * shape.headSize
  }
  private func value(_ sample: Int, _ head: Int, _ token: Int) -> Int {
    key(sample, head, token) + shape.keyValueHeads * shape.headSize
  }

  private func dot(_ a: Int, _ x: [Double], _ b: Int, _ y: [Double]) -> Double {
    (0..<shape.headSize).reduce(0) { $0 + x[a + $1] * y[b + $1] }
  }

  /// A row of probabilities and its log-sum-exp.
  private func row(_ sample: Int, _ head: Int, _ token: Int) -> (p: [Double], logSumExp: Double) {
    let scores = (0..<(shape.causal ? token + 1 : shape.sequence)).map {
      dot(query(sample, head, token), packed, key(sample, head, $0), packed) / Double(shape.headSize).squareRoot()
    }
    let maximum = scores.max()!
    let logSumExp = maximum + log(scores.reduce(0) { $0 + exp($1 - maximum) })
    return (scores.map { exp($0 - logSumExp) }, logSumExp)
  }

  private func forEachRow(_ body: (_ sample: Int, _ head: Int, _ token: Int) -> Void) {
    for sample in 0..<shape.batch {
      for head in 0..<shape.heads { for token in 0..<shape.sequence { body(sample, head, token) } }
    }
  }

  func forward() -> (y: [Double], logSumExp: [Double]) {
    var y = Array(repeating: 0.0, count: shape.batch * shape.sequence * width)
    var statistics: [Double] = []
    forEachRow { sample, head, token in
      let row = row(sample, head, token)
      statistics.append(row.logSumExp)
      let target = (sample * shape.sequence + token) * width + head * shape.headSize
      for (j, p) in row.p.enumerated() {
        let weight = p * factor(sample, head, token, j)
        let source = value(sample, head, j)
        for i in 0..<shape.headSize { y[target + i] += weight * packed[source + i] }
      }
    }
    return (y, statistics)
  }

  /// The gradient of Σ y·dy by the chain rule, one probability at a time.
  func backward(_ dy: [Double]) -> [Double] {
    var gradient = Array(repeating: 0.0, count: packed.count)
    forEachRow { sample, head, token in
      let (p, upstream) = (
        row(sample, head, token).p, (sample * shape.sequence + token) * width + head * shape.headSize
      )
      let dp = p.indices.map {
        factor(sample, head, token, $0) * dot(upstream, dy, value(sample, head, $0), packed)
      }
      let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
      for j in p.indices {
        let ds = p[j] * (dp[j] - mean) / Double(shape.headSize).squareRoot()
        let (q, k, v) = (query(sample, head, token), key(sample, head, j), value(sample, head, j))
        let weight = p[j] * factor(sample, head, token, j)
        for i in 0..<shape.headSize {
          gradient[q + i] += ds * packed[k + i]
          gradient[k + i] += ds * packed[q + i]
          gradient[v + i] += weight * dy[upstream + i]
        }
      }
    }
    return gradient
  }
}
