import Quantities

/// The lengths of sequences that were asked for, checked in the words of the command line.
struct SequenceRequest {
  let context, prompt: Int

  /// Tokens of a block where nobody says.
  static let usualBlock = 16

  /// - Parameters:
  ///   - context: nil for all of the model's positions.
  ///   - prompt: nil for half of the context.
  /// - Errors: `Failure` for what the model has no positions for, leaves nothing to generate, or counts beyond them.
  init(context: Int?, prompt: Int?, block: Int, positions: Int) throws {
    (self.context, self.prompt) = (context ?? positions, prompt ?? max(1, (context ?? positions) / 2))
    let size = "\(grouped(self.context)) tokens"
    guard self.context <= positions else {
      let way = "give at most that, or name a model with more"
      throw Self.refusal("--context", self.context, "the model has \(grouped(positions)) positions; \(way)")
    }
    guard self.prompt < self.context else {
      let (option, value) = prompt.map { ("--prompt", $0) } ?? ("--context", self.context)
      let lengths = "a prompt of \(grouped(self.prompt)) in a context of \(size)"
      let way = "shorten the one, or lengthen the other"
      throw Self.refusal(option, value, "\(lengths) leaves nothing to generate; \(way)")
    }
    // A usual block may be longer than a short context: its rest is lost.
    guard block <= max(self.context, Self.usualBlock) else {
      throw Self.refusal("--block", block, "is longer than the context of \(size); give at most that")
    }
  }

  private static func refusal(_ option: String, _ value: Int, _ reason: String) -> Failure.Wrapped {
    Failure(code: .usage, text: "\(option) \(value): \(reason)").error
  }
}
