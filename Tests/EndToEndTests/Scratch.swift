import Foundation

/// A folder of one test, with a text to train on. It goes with the test, and so does every process that still works in it.
final class Scratch {
  static let textName = "text.txt"
  static let outputName = "stdout"
  static let errorName = "stderr"
  let url: URL

  init() throws {
    let root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    url = root.appending(path: "orrery-e2e-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try write(sampleText(words: 1000), to: Scratch.textName)
  }

  deinit {
    killAll()
    try? FileManager.default.removeItem(at: url)
  }

  func file(_ name: String) -> URL { url.appending(path: name) }

  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: file(name)) }

  func text(_ name: String) throws -> String { String(decoding: try Data(contentsOf: file(name)), as: UTF8.self) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(at: file(name), to: file(other))
  }

  /// A new empty file, open for writing.
  func create(_ name: String) throws -> FileHandle {
    try Data().write(to: file(name))
    return try FileHandle(forWritingTo: file(name))
  }

  /// Every file and folder with its size, but for what the started commands print.
  func listing() throws -> [String] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: url.path).sorted()
    return try names.filter { ![Scratch.outputName, Scratch.errorName].contains($0) }.map { name in
      let values = try file(name).resourceValues(forKeys: [.isDirectoryKey, .fileSizeKey])
      return values.isDirectory == true ? "\(name)/" : "\(name) \(values.fileSize ?? 0)"
    }
  }
}

extension Scratch {
  /// The processes at work here.
  var processes: [Worker] { workers(in: url) }

  func killAll() { for worker in processes { kill(worker.id, SIGKILL) } }
}

extension Scratch {
  /// Cuts a file down to so many bytes; negative counts are cut off.
  func truncate(_ name: String, to length: Int) throws {
    let data = try Data(contentsOf: file(name))
    let handle = try FileHandle(forWritingTo: file(name))
    try handle.truncate(atOffset: UInt64(length < 0 ? data.count + length : length))
    try handle.close()
  }

  /// Flips one bit.
  func flip(_ name: String, byte: Int, bit: Int = 0) throws {
    var data = try Data(contentsOf: file(name))
    data[byte < 0 ? data.count + byte : byte] ^= 1 << bit
    try data.write(to: file(name))
  }
}

/// Words made of a few letters, the same ones each time: something to learn.
func sampleText(words count: Int) -> String {
  var state: UInt64 = 1
  func next(_ bound: UInt64) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % bound)
  }
  let letters = Array("etaoinshrdlu")
  let lexicon = (0..<40).map { _ in String((0...next(6)).map { _ in letters[next(12)] }) }
  return (0..<count).map { lexicon[next(40)] + ($0 % 9 == 8 ? "\n" : " ") }.joined()
}
