/// What launching by a host thread costs a step whose host does not wait for the GPU.
///
/// A fit's `HostConstants` are of single operations between two events; of many in a row, those say too much.
package struct HostIssue: Hashable, Sendable {
  /// Seconds of the host for one framework operation: 4 to 8 us in eager PyTorch on servers of 2020 to 2025.
  ///
  /// - Source: docs/gpu-model.md, launch and host.
  package var secondsPerOperation: Double
  /// Seconds by which kernels on a stream lie further apart than in a CUDA graph (2 to 4 us against 1.3 to 2.6).
  package var gap: Double

  package init(secondsPerOperation: Double = 6e-6, gap: Double = 1e-6) {
    (self.secondsPerOperation, self.gap) = (secondsPerOperation, gap)
  }
}
