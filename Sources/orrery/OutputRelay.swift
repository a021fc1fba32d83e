import Foundation
import Synchronization

/// Passes on what `mpirun` writes to standard output. On its own, `mpirun` would drop what cannot be written, and fall over a reader that
/// has gone; the run would end as if all were well.
final class OutputRelay: Sendable {
  private let refusal = Mutex<StandardOutput.Refusal?>(nil)
  private let isDone = DispatchSemaphore(value: 0)

  /// - Parameter process: ended at the first refusal; must have been started, as it would inherit that a reader's leaving is ignored.
  init(_ output: Pipe, of process: Process) {
    signal(SIGPIPE, SIG_IGN)
    let (source, child) = (output.fileHandleForReading, process.processIdentifier)
    Thread.detachNewThread { [self] in
      // To the end in any case: what nobody reads would hold up the ranks.
      while case let data = source.availableData, !data.isEmpty { pass(data, child) }
      isDone.signal()
    }
  }

  private func pass(_ data: Data, _ child: Int32) {
    guard refusal.withLock({ $0 }) == nil else { return }
    do { try StandardOutput.write(data) } catch {
      refusal.withLock { $0 = error }
      kill(child, SIGTERM)
    }
  }

  /// Waits until all is passed on.
  ///
  /// - Returns: whether a reader has left before.
  /// - Errors: any other refusal.
  func finish() throws(StandardOutput.Refusal) -> Bool {
    isDone.wait()
    guard let refusal = refusal.withLock({ $0 }) else { return false }
    guard refusal.code == EPIPE else { throw refusal }
    return true
  }
}
