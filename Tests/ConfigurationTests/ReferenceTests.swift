import Configuration
import Foundation
import Testing

/// `docs/configuration.md` says what is so.
@Suite struct ReferenceTests {
  private var page: String {
    get throws { try String(contentsOfFile: "\(configs)/../docs/configuration.md", encoding: .utf8) }
  }

  /// The text between a fence of this kind and the next one.
  private func blocks(_ kind: String) throws -> [String] {
    try page.components(separatedBy: "```\(kind)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  @Test("the page's mistakes are the ones that are found")
  func mistakesOfPage() throws {
    let file = try #require(try blocks("yaml").last)
    let answer = try #require(try blocks("text").last)
    let found = mistakes(in: file).map { "orrery: error: \($0)\n" }.joined()
    #expect(found == answer)
  }

  @Test("the page's layout is one")
  func layout() throws {
    let lines = try #require(try blocks("yaml").first { $0.hasPrefix("parallelism:") })
    let configuration = try run(lines, overrides: ["model.n_layer=4"])
    #expect(configuration.worldSize == 8)
  }

  @Test("every key that the page names is one")
  func names() throws {
    let pattern = /`((?:parallelism|pipeline|zero_optimization|activation_checkpointing|data|checkpoint)\.[a-z_.]+)/
    for match in try page.matches(of: pattern) {
      let name = String(match.output.1).trimmingCharacters(in: CharacterSet(charactersIn: "."))
      #expect(Schema.key(spelled: name) != nil, "\(name)")
    }
  }
}
