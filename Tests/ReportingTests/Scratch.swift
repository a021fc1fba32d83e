import Foundation
import Reporting

/// Runs a test with the path of a file that does not exist yet, in an empty folder that is gone afterwards.
func withScratchFile<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("orrery-metrics-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.appendingPathComponent("metrics.jsonl").path)
}

func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

func put(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

/// Every name in the file's folder, hidden ones too.
func neighbours(of path: String) throws -> [String] {
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
  return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// The error that `body` ends with; nil if it ends well. Not for use inside `#expect(…)` in a closure: Swift 6.3.1 may run
/// another closure in its place.
func refusal(_ body: () throws(MetricsError) -> Void) -> MetricsError? {
  do { try body() } catch { return error }
  return nil
}
