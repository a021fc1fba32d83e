/// A GPU stream that one host thread feeds: a kernel starts when the kernel before has ended and the host has issued it.
///
///     issued(i) = issued(i−1) + host operations(i) · h
///     end(i)    = max(end(i−1), issued(i)) + kernel(i)
///
/// - Ignores: that the host can be no more than about 1,024 launches ahead, and that it sometimes waits for the GPU.
package struct StreamTimeline: Hashable, Sendable {
  /// One kernel, and what the host does to issue it.
  package struct Launch: Hashable, Sendable {
    package var kernelSeconds: Double
    package var hostSeconds: Double

    package init(kernelSeconds: Double, hostSeconds: Double) {
      (self.kernelSeconds, self.hostSeconds) = (kernelSeconds, hostSeconds)
    }

    /// - Parameter issue: seconds of the host for one operation.
    package init(kernelSeconds: Double, hostOperations: Int, issue: Double) {
      self.init(kernelSeconds: kernelSeconds, hostSeconds: Double(hostOperations) * issue)
    }
  }

  /// Sum of the kernels.
  package private(set) var busySeconds = 0.0
  /// When the host has issued the last kernel.
  package private(set) var hostSeconds = 0.0
  /// When the last kernel has ended.
  package private(set) var seconds = 0.0

  package init() {}

  package init(_ launches: some Sequence<Launch>) {
    for launch in launches { append(launch) }
  }

  /// - Returns: when the kernel starts.
  @discardableResult package mutating func append(_ launch: Launch) -> Double {
    precondition(launch.kernelSeconds >= 0 && launch.hostSeconds >= 0, "\(launch) runs backwards")
    hostSeconds += launch.hostSeconds
    busySeconds += launch.kernelSeconds
    let start = max(seconds, hostSeconds)
    seconds = start + launch.kernelSeconds
    return start
  }
}

extension StreamTimeline {
  /// Share of the time in which no kernel runs.
  package var idleShare: Double { seconds > 0 ? max(0, 1 - busySeconds / seconds) : 0 }
  /// Whether the host needs longer than the kernels.
  package var isLaunchBound: Bool { hostSeconds > busySeconds }
}
