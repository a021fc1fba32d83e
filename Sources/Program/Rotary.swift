import Foundation

/// Rotation of queries and keys: rows of one or more samples, of which the first has position `past`.
package struct RotaryShape: Hashable, Sendable, Codable {
  package var rows, sequence, heads, keyValueHeads, headSize, past: Int
  package var frequencies: RotaryFrequencies

  package init(
    rows: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, past: Int = 0,
    frequencies: RotaryFrequencies
  ) {
    (self.rows, self.sequence, self.heads, self.keyValueHeads) = (rows, sequence, heads, keyValueHeads)
    (self.headSize, self.past, self.frequencies) = (headSize, past, frequencies)
  }

  /// Columns of the packed matrix.
  package var packed: Int { (heads + 2 * keyValueHeads) * headSize }
}

/// How fast each pair of features turns.
package struct RotaryFrequencies: Hashable, Sendable, Codable {
  package enum Scaling: Hashable, Sendable, Codable {
    case none
    /// Positions divided by a factor. Chen et al. 2023, arXiv:2306.15595.
    case linear(factor: Double)
    /// Low frequencies divided by a factor, high ones kept, a ramp between them: Llama 3.1's `rope_type: llama3`.
    case llama3(factor: Double, lowFrequency: Double, highFrequency: Double, originalPositions: Int)
  }
  package var theta: Double
  package var scaling: Scaling

  package init(theta: Double = 10_000, scaling: Scaling = .none) { (self.theta, self.scaling) = (theta, scaling) }

  /// Radians a position for each of a head's `headSize / 2` pairs.
  package func radians(headSize: Int) -> [Double] {
    (0..<headSize / 2).map { scaled(pow(theta, -2 * Double($0) / Double(headSize))) }
  }

  private func scaled(_ frequency: Double) -> Double {
    switch scaling {
    case .none: frequency
    case .linear(let factor): frequency / factor
    case .llama3(let factor, let low, let high, let positions):
      ramp(frequency, factor, low, high, Double(positions) * frequency / (2 * .pi))
    }
  }

  /// - Parameter turns: full turns that the pair makes over the positions it was trained on.
  private func ramp(_ frequency: Double, _ factor: Double, _ low: Double, _ high: Double, _ turns: Double) -> Double {
    let kept = min(1, max(0, (turns - low) / (high - low)))
    return frequency * (kept + (1 - kept) / factor)
  }
}
