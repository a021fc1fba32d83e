import Cluster
import Configuration
import NetworkModel
import Planning
import Reporting
import Timing

extension Failure {
  /// What simulating can refuse; nil for all other errors.
  init?(simulating error: any Error) {
    switch error {
    case let error as ClusterErrors:
      self.init(code: .data, text: error.errors.map(\.description).joined(separator: "\norrery: error: "))
    case let error as ClusterError: self.init(code: .usage, text: error.description)
    case let error as ScenarioError: self.init(code: .data, text: error.description)
    case let error as EstimateError: self.init(code: .data, text: error.description)
    case let error as NetworkError: self.init(code: .data, text: error.description)
    case let error as SimulationError: self.init(code: .software, text: error.description)
    case let error as ChromeTraceError: self.init(code: .output, text: error.description)
    default: self.init(error)
    }
  }

  /// One line for a table: what is wrong, without where it was typed.
  var firstLine: String { text.split(separator: "\n").first.map(String.init) ?? text }
}

/// Carries out what simulates, with its errors as the shell sees them.
func simulating<Value>(_ work: () throws -> Value) throws -> Value {
  do { return try work() } catch {
    guard let failure = Failure(simulating: error) else { throw error }
    throw failure.error
  }
}
