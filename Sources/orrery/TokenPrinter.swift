import Corpus
import Foundation

/// Prints tokens as text, as soon as they make whole characters: one byte of a longer character waits for the rest.
final class TokenPrinter {
  private let tokenizer: Tokenizer
  private var waiting: [Int] = []

  init(_ tokenizer: Tokenizer) { self.tokenizer = tokenizer }

  func print(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  func print(token: Int) {
    waiting.append(token)
    let text = tokenizer.decode(waiting)
    // A character has four bytes at most; what is still broken after that stays broken.
    guard !text.hasSuffix("\u{fffd}") || waiting.count >= 4 else { return }
    print(text)
    waiting = []
  }

  func finish() {
    print(tokenizer.decode(waiting) + "\n")
    waiting = []
  }
}

extension Tokenizer {
  /// A prompt's tokens; an empty prompt becomes a line's end.
  func prompt(_ text: String) throws -> [Int32] {
    try encode(text.isEmpty ? "\n" : text).map { Int32($0) }
  }
}
