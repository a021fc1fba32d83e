import Corpus

/// Prints tokens as text, as soon as they make whole characters: one byte of a longer character waits for the rest.
final class TokenPrinter {
  private let tokenizer: Tokenizer
  private var waiting: [Int] = []

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  func print(_ text: String) throws { try StandardOutput.write(text) }

  func print(token: Int) throws {
    waiting.append(token)
    let text = tokenizer.decode(waiting)
    // A character has four bytes at most; what is still broken after that stays broken.
    guard !text.hasSuffix("\u{fffd}") || waiting.count >= 4 else { return }
    try print(text)
    waiting = []
  }

  func finish() throws {
    try print(tokenizer.decode(waiting) + "\n")
    waiting = []
  }
}

extension Tokenizer {
  /// A prompt's tokens; an empty prompt becomes a line's end.
  func prompt(_ text: String) throws -> [Int32] {
    try encode(text.isEmpty ? "\n" : text).map { Int32($0) }
  }
}
