extension TokenFile {
  /// Writes tokens to a file that appears whole or not at all.
  ///
  /// - Errors: no tokens, more than the format can count, a place that cannot be written (with the system's reason).
  package static func write(_ tokens: [UInt16], to path: String, format: TokenFormat) throws(CorpusError) {
    try AtomicFiles.write([(path, try contents(tokens, path, format))])
  }

  /// The bytes of a token file.
  static func contents(_ tokens: [UInt16], _ path: String, _ format: TokenFormat) throws(CorpusError) -> [UInt8] {
    guard !tokens.isEmpty else { throw CorpusError(file: path, reason: "would hold no tokens", hint: "add text") }
    var bytes: [UInt8]
    do { bytes = try format.header(count: tokens.count) } catch { throw error.about(path) }
    bytes.reserveCapacity(bytes.count + 2 * tokens.count)
    for token in tokens {
      bytes.append(UInt8(truncatingIfNeeded: token))
      bytes.append(UInt8(token >> 8))
    }
    return bytes
  }
}
