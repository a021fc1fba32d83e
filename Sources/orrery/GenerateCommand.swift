import ArgumentParser
import Checkpoint
import Corpus
import Execution
import Foundation
import Host
import Model
import Quantities
import Training

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Continue a text with a trained model.")

  @Argument(
    help: "A checkpoint folder, one of its step folders, or a Hugging Face folder of a GPT-2 or LLaMA.",
    completion: .directory)
  var checkpoint: String

  @Option(help: "The text to continue.") var prompt = "\n"
  @Option(help: "Tokens to draw.") var tokens = 400
  @Option(help: "Randomness; 0 takes the most likely token each time.") var temperature = 0.8
  @Option(help: "Draw from the k most likely tokens only.") var topK: Int?
  @Option(help: "Draw from the most likely tokens whose probabilities reach p together.") var topP = 1.0
  @Option(help: "Equal seeds repeat a text.") var seed: UInt64 = 1337
  @Option(help: "Where the tokenizer is, if not beside the model.", completion: .file()) var tokenizer: String?

  func validate() throws {
    guard tokens >= 0 else { throw ValidationError("--tokens \(tokens): a count is not negative.") }
    guard temperature.isFinite, temperature >= 0 else {
      throw ValidationError("--temperature \(temperature): 0 or more.")
    }
    guard topK.map({ $0 > 0 }) ?? true else { throw ValidationError("--top-k \(topK!): 1 or more.") }
    guard topP > 0, topP <= 1 else { throw ValidationError("--top-p \(topP): above 0 and at most 1.") }
  }

  func run() throws {
    let folder = try ModelFolder(opening: URL(filePath: checkpoint))
    for damaged in folder.rejected {
      StandardError.write("orrery: note: passed over a damaged checkpoint, \(damaged)\n")
    }
    let model = try folder.readJSON(Trainer.modelFile, as: ModelConfiguration.self)
    let vocabulary = try readTokenizer(folder)
    let parameters = WholeParameters(model.architecture, .float32, device: try HostDevice(transport: nil))
    try parameters.load(folder)
    let printer = TokenPrinter(vocabulary)
    let generator = TextGenerator(parameters)
    let sampling = Sampling(temperature: temperature, topK: topK, topP: topP, seed: seed)
    let ids = try vocabulary.prompt(prompt)
    try printer.print(prompt)
    try generator.generate(prompt: ids, count: tokens, sampling) { try printer.print(token: $0) }
    try printer.finish()
  }

  private func readTokenizer(_ folder: ModelFolder) throws -> Tokenizer {
    if let tokenizer { return try Tokenizer(path: tokenizer) }
    let path = folder.url.appending(path: "tokenizer.json").path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else {
      throw CheckpointError(
        folder.url, "has no tokenizer.json, so text cannot become tokens",
        hint: "Name one with --tokenizer; orrery data prepare writes them.")
    }
    return try Tokenizer(path: path)
  }
}
