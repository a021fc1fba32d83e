import Measurements

/// Where `--svg` draws.
struct PictureFile {
  let path: String

  /// - Errors: `MeasurementError` that names the option and the file, whether nothing can be drawn or nothing can be written.
  func write(_ picture: () throws -> String) throws(MeasurementError) {
    let text: String
    do { text = try picture() } catch { throw MeasurementError("--svg \(path): \(error)") }
    try TextFile(path).write(text)
  }
}
