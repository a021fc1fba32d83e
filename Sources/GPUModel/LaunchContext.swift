/// How a kernel is started, which decides what is added to its work.
package enum LaunchContext: String, Hashable, Sendable, CaseIterable, Codable {
  /// The kernel's own duration, as a profiler sees it.
  case kernelAlone = "kernel"
  /// One of many in a CUDA graph: what launching and draining cost the GPU.
  case graph
  /// One of many launched on a stream, the host ahead of the GPU.
  case stream
  /// One framework operation between two events: the host's dispatch shows.
  case eager
  /// One framework operation, and a synchronisation of the host after it.
  case synchronized
}
