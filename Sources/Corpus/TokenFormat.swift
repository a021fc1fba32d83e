/// How a file of 16-bit tokens begins; the tokens themselves are little-endian in both.
package enum TokenFormat: String, Hashable, Sendable, CaseIterable, Codable {
  /// Tokens and nothing else.
  ///
  /// - Source: nanoGPT, `data/*/prepare.py`: `np.array(ids, dtype=np.uint16).tofile("train.bin")`.
  case nanoGPT = "nanogpt"
  /// A header of 256 32-bit integers (magic, version, number of tokens, zeros), then the tokens.
  ///
  /// - Source: llm.c, `dev/data/data_common.py`, `write_datafile` for GPT-2.
  case llmC = "llm.c"

  /// Bytes before the first token.
  package var headerBytes: Int {
    switch self {
    case .nanoGPT: 0
    case .llmC: 256 * 4
    }
  }

  /// The first integer of llm.c's GPT-2 token files. As raw tokens it would read 55,432 and 308; GPT-2's own
  /// vocabulary ends at 50,257, so no raw file of it can begin like this.
  static let magic: Int32 = 20_240_520
  static let version: Int32 = 1
  /// The first integer of llm.c's Llama 3 files, whose tokens take 32 bits.
  static let wideMagic: Int32 = 20_240_801

  /// The bytes before the tokens of a file of `count` tokens.
  ///
  /// - Errors: more tokens than llm.c's 32-bit count can tell.
  func header(count: Int) throws(CorpusError) -> [UInt8] {
    guard self == .llmC else { return [] }
    guard let narrow = Int32(exactly: count) else {
      throw CorpusError(
        reason: "\(count) tokens; llm.c's header counts at most \(Int32.max)", hint: "use the nanogpt format")
    }
    var bytes: [UInt8] = []
    for value in [Self.magic, Self.version, narrow] {
      for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> Int32(shift))) }
    }
    return bytes + [UInt8](repeating: 0, count: headerBytes - bytes.count)
  }
}
