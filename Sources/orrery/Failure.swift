import Checkpoint
import Cluster
import Configuration
import Corpus
import Foundation
import GPUModel
import Host
import Kernels
import Measurements
import Reporting
import Transport

/// An error as the shell sees it: a text on standard error and an exit code of sysexits.h.
struct Failure {
  enum Code: Int32 {
    /// The command line is wrong.
    case usage = 64
    /// A configuration, a corpus, a checkpoint is wrong.
    case data = 65
    /// Something failed that should not: a peer, the message-passing library, ourselves.
    case software = 70
    /// A file, or standard output, could not be written.
    case output = 74
  }

  var code: Code
  var text: String

  init(code: Code, text: String) { (self.code, self.text) = (code, text) }

  /// Nil for the argument parser's own errors, which it prints best.
  init?(_ error: any Error) {
    switch error {
    case let error as Failure.Wrapped: self = error.failure
    case let error as ConfigurationErrors:
      self.init(code: .data, text: error.errors.map(\.description).joined(separator: "\norrery: error: "))
    case let error as CorpusError: self.init(refused: error.code, error.reason, error.description)
    case let error as CheckpointError: self.init(refused: error.code, error.reason, error.description)
    case let error as GPUError: self.init(code: .data, text: error.description)
    case let error as CalibrationError: self.init(code: .data, text: error.description)
    case let error as MeasurementError: self.init(code: .data, text: error.description)
    case let error as MetricsError: self.init(code: .output, text: error.description)
    case let error as StandardOutput.Refusal: self.init(code: .output, text: error.description)
    case is TransportError, is TransferError, is ArenaError: self.init(code: .software, text: "\(error)")
    default: return nil
    }
  }

  /// What is not there was named wrongly; all else is the system's refusal.
  private init(refused code: Int32?, _ reason: String, _ text: String) {
    let isMissing = code == ENOENT && reason.hasPrefix("cannot be read")
    self.init(code: code == nil || isMissing ? .data : .output, text: text)
  }

  /// The failure as an error, to be thrown.
  struct Wrapped: Error {
    var failure: Failure
  }

  var error: Wrapped { Wrapped(failure: self) }

  /// Most mistakes are found by every rank at once, and one text is enough: the first rank's ends all. What only another rank can
  /// see, that rank says when the first has had its time.
  func waitForFirst(_ rank: Int) {
    if rank > 0 { Thread.sleep(forTimeInterval: 3) }
  }

  /// The same failure, said by one rank.
  func said(by rank: String) -> Failure { Failure(code: code, text: "\(rank): \(text)") }

  func print() { StandardError.write("orrery: error: \(text)\n") }

  func exit() -> Never {
    print()
    Foundation.exit(code.rawValue)
  }
}
