import ArgumentParser
import Corpus
import Foundation
import Quantities

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Prepare and inspect token files.", subcommands: [Prepare.self, Inspect.self])

  struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn texts into train.bin, val.bin and tokenizer.json.")

    @Argument(help: "Text files, or folders of them.") var files: [String]
    @Option(name: .shortAndLong, help: "The folder to write.", completion: .directory) var output: String
    @Option(help: "What a token is: characters or bytes.") var tokenizer = TokenizerKind.characters
    @Option(help: "The last part of the text, held out for validation.") var validationFraction = 0.1
    @Option(help: "nanogpt (raw uint16) or llm.c (with its header).") var format = TokenFormat.nanoGPT

    func run() throws {
      let parent = URL(filePath: output).deletingLastPathComponent()
      let existed = FileManager.default.fileExists(atPath: parent.path)
      try? FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      let result: PreparedCorpus
      do {
        result = try PreparedCorpus.prepare(
          files: files, tokenizer: tokenizer, validationFraction: validationFraction, format: format, output: output)
      } catch {
        if !existed { try? FileManager.default.removeItem(at: parent) }
        throw error
      }
      try StandardOutput.print(
        """
        \(output): \(grouped(result.trainingTokens)) training and \(grouped(result.validationTokens)) validation tokens, \
        vocabulary \(result.tokenizer.vocabularySize) (\(tokenizer.rawValue)), \(format.rawValue) format
        """)
      for entry in result.skipped { try StandardOutput.print("skipped \(entry.path): \(entry.reason)") }
    }
  }

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what a token file holds.")

    @Argument(help: "A .bin file of nanoGPT's or llm.c's format.", completion: .file(extensions: ["bin"]))
    var file: String
    @Option(help: "Check that every token is below this.") var vocabulary: Int?

    func run() throws {
      let tokens = try TokenFile(path: file)
      if let vocabulary { try tokens.validate(vocabularySize: vocabulary) }
      let first = tokens.copy(0..<min(16, tokens.count)).map { "\($0)" }.joined(separator: " ")
      try StandardOutput.print(
        "\(file): \(tokens.format.rawValue) format, \(grouped(tokens.count)) tokens, beginning \(first)")
    }
  }
}

extension TokenizerKind: ExpressibleByArgument {}
extension TokenFormat: ExpressibleByArgument {}
