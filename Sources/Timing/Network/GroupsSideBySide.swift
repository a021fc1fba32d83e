/// A cluster's GPUs in groups of one size, each GPU in one of them.
///
/// Ranks of a group are `stride` GPUs apart, so that `stride` groups lie interleaved, as data-parallel groups lie between the ranks of
/// tensor-parallel ones; blocks of them follow each other.
package struct GroupsSideBySide: Hashable, Sendable {
  package let gpus, size, stride: Int

  package init(gpus: Int, size: Int, stride: Int = 1) {
    precondition(
      size > 0 && stride > 0 && gpus > 0 && gpus.isMultiple(of: size * stride),
      "\(gpus) GPUs in groups of \(size), \(stride) apart")
    (self.gpus, self.size, self.stride) = (gpus, size, stride)
  }

  package var count: Int { gpus / size }

  /// The GPUs of each group in the order of their ranks.
  package var ranks: [[Int]] {
    Swift.stride(from: 0, to: gpus, by: size * stride).flatMap { block in
      (0..<stride).map { first in (0..<size).map { block + first + $0 * stride } }
    }
  }
}
