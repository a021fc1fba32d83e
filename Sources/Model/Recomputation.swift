/// Which activations are computed again in the backward pass instead of being kept.
///
/// - Source: Korthikanti et al. 2022, arXiv:2205.05198; Chen et al. 2016, arXiv:1604.06174.
package enum Recomputation: Hashable, Sendable, Codable {
  case none
  /// The attention core's: its output and log-sum-exp.
  case selective
  /// Everything inside a block, of every n-th layer (0, n, 2n …); 1 is all of them.
  case full(every: Int)

  func covers(layer: Int) -> Bool {
    if case .full(let every) = self { layer.isMultiple(of: every) } else { false }
  }
}
