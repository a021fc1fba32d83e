import Foundation
import Reporting
import Timing

/// The file in which the simulated step and the last real one stand side by side.
struct ClockTrace {
  let path: String

  /// What can be known before hours of training: that the file can be put in its place, whole, as writing does.
  func checkWritable() throws {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    switch try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType {
    case nil, .typeRegular:
      // With the dot, a file is no folder.
      guard FileManager.default.isWritableFile(atPath: "\(target.deletingLastPathComponent().path)/.") else {
        throw refusal("cannot be written; its folder must exist and be yours")
      }
    case .typeDirectory: throw refusal("is a folder")
    default: throw refusal("exists and is not a regular file; choose another path")
    }
  }

  private func refusal(_ reason: String) -> Failure.Wrapped {
    Failure(code: .output, text: "--trace \(path): \(reason)").error
  }

  /// - Parameter simulated: nil where no cluster is simulated.
  func write(_ simulated: Timeline?, _ steps: [MeasuredStep], notes: [String: String]) throws {
    let real: (ChromeTrace.Clock, Timeline) = (.real, Timeline(measured: steps))
    let trace = ChromeTrace((simulated.map { [(.simulated, $0)] } ?? []) + [real], notes: notes)
    try simulating { try trace.write(to: path) }
  }
}
