import Foundation
import Reporting
import Timing

/// The file in which the simulated step and the last real one stand side by side.
struct ClockTrace {
  let path: String

  /// What can be known before hours of training: that the file can be written.
  func checkWritable() throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    var isFolder: ObjCBool = false
    let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    guard exists && isFolder.boolValue || !FileManager.default.isWritableFile(atPath: exists ? path : folder) else {
      return
    }
    let reason = isFolder.boolValue ? "is a folder" : "cannot be written; its folder must exist and be yours"
    throw Failure(code: .output, text: "--trace \(path): \(reason)").error
  }

  /// - Parameter simulated: nil where no cluster is simulated.
  func write(_ simulated: Timeline?, _ steps: [MeasuredStep], notes: [String: String]) throws {
    let real: (ChromeTrace.Clock, Timeline) = (.real, Timeline(measured: steps))
    let trace = ChromeTrace((simulated.map { [(.simulated, $0)] } ?? []) + [real], notes: notes)
    try simulating { try trace.write(to: path) }
  }
}
