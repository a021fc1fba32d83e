import Foundation

/// Runs an operation of Foundation and says on failure which file could not be read.
func system<Result>(reading file: URL, _ operation: () throws -> Result) throws(CheckpointError) -> Result {
  do { return try operation() } catch { throw CheckpointError(reading: file, error) }
}

/// Runs an operation of Foundation and says on failure which file could not be written.
func system<Result>(writing file: URL, _ operation: () throws -> Result) throws(CheckpointError) -> Result {
  do { return try operation() } catch { throw CheckpointError(writing: file, error) }
}

/// The whole file, paged in as it is touched.
func map(_ file: URL) throws(CheckpointError) -> Data {
  try system(reading: file) { try Data(contentsOf: file, options: .alwaysMapped) }
}

/// A JSON file as a value.
func decode<Value: Decodable>(_ type: Value.Type, from file: URL) throws(CheckpointError) -> Value {
  let data = try map(file)
  do { return try JSONDecoder().decode(type, from: data) } catch { throw CheckpointError(json: file, error) }
}

/// Makes a folder's entries survive a loss of power: a file's own fsync does not keep its name.
func synchronize(folder: URL) throws(CheckpointError) {
  try system(writing: folder) {
    let handle = try FileHandle(forReadingFrom: folder)
    try handle.synchronize()
    try handle.close()
  }
}

/// Names of the folder's entries, sorted, so that nothing depends on the file system's order.
func entries(of folder: URL) throws(CheckpointError) -> [String] {
  try system(reading: folder) { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
}

func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

func create(_ folder: URL) throws(CheckpointError) {
  try system(writing: folder) {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
}

func move(_ source: URL, to target: URL) throws(CheckpointError) {
  try system(writing: target) { try FileManager.default.moveItem(at: source, to: target) }
}

func remove(_ folder: URL) throws(CheckpointError) {
  try system(writing: folder) { try FileManager.default.removeItem(at: folder) }
}

/// Whether a name, perhaps from a file written by others, stays inside the folder it is looked up in.
func isPlainFileName(_ name: String) -> Bool {
  !name.isEmpty && !name.hasPrefix(".") && !name.contains("/") && !name.contains("\0")
}
