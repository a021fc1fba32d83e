import Foundation

/// Where the program under test lies.
enum Orrery {
  static let executable = locate()

  /// Beside the test bundle, where a build puts both; else the release build of the repository that this source belongs to.
  private static func locate() -> URL {
    let bundle = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let places = [bundle, Bundle.main.bundleURL, repository.appending(path: ".build/release")]
    let candidates = places.map { $0.appending(path: "orrery") }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
      fatalError("no orrery program at \(candidates.map(\.path)); build it first")
    }
    return found.resolvingSymlinksInPath()
  }

  private static var repository: URL {
    tests.deletingLastPathComponent().deletingLastPathComponent()
  }

  /// The folder of this source.
  static let tests = URL(filePath: #filePath).deletingLastPathComponent()
}
