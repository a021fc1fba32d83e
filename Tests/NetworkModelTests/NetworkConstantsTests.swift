import Foundation
import NetworkModel
import TestSupport
import Testing
import Yams

@Suite struct NetworkConstantsTests {
  private func decoded(_ text: String) -> NetworkConstants? {
    try? YAMLDecoder().decode(NetworkConstants.self, from: text)
  }

  @Test func `the built-in constants read back from their own text`() throws {
    let constants = try NetworkConstants.builtIn()
    #expect(try NetworkConstants(parsing: constants.text, file: "again.yaml").text == constants.text)
  }

  @Test func `the built-in files hold what a YAML decoder reads in them`() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let folder = tests.appending(path: "../Sources/NetworkModel/Data").standardizedFileURL
    for (file, constants) in [("network.yaml", try NetworkConstants.builtIn()), ("priors.yaml", try .priors())] {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      #expect(try constants == #require(decoded(text)))
    }
  }

  @Test(arguments: [
    ("links: []", "holds no network constants: provenance is missing"),
    ("provenance: []\nlinks: []\nnetworks: {}", "links: it is not a table of names and values"),
    ("provenance: a\nlinks: {}\nnetworks: {}", "provenance: it is not a list"),
    ("provenance: [[]]\nlinks: {}\nnetworks: {}", "provenance: an element of it is not text"),
    ("provenance: []\nlinks: {a: {b: {share: c}}}\nnetworks: {}", "links.a.b.share: 'c' is not a number"),
    ("provenance: []\nlinks: {a: {b: {share: '1'}}}\nnetworks: {}", "links.a.b.share: '1' is not a number"),
    ("provenance: []\nlinks: {}\nnetworks: {a: {b: {share: []}}}", "networks.a.b.share: it is not a number"),
    ("provenance: []\nlinks: {a: &a {b: {share: 1}}, c: {<<: *a}}\nnetworks: {}", "links.c: << merges nothing here"),
    ("provenance: []\nlinks: {}\nlinks: {}\nnetworks: {}", "links"), ("", "it is empty"), ("a: [", "holds no network"),
    ("provenance: []\nlinks: { nvlink3: { shard: { share: 2 } } }\nnetworks: {}", "share: 2.0 is not between"),
    ("provenance: []\nlinks: { nvlink3: { shard: { shares: 2 } } }\nnetworks: {}", "shares is no constant here"),
    ("provenance: []\nlinks: {a: {}}\nnetworks: {a: {wire: {span: 2}}}", "n.yaml: a: wire: span: 2.0 is not between"),
  ])
  func `constants that mean nothing are refused by name`(text: String, reason: String) throws {
    let error = #expect(throws: NetworkError.self) { try NetworkConstants(parsing: text, file: "n.yaml") }
    let line = try #require(error).description
    #expect(line.contains(reason) && line.hasPrefix("n.yaml: ") && !line.contains("\n"), "\(line)")
  }

  @Test func `no change of a text makes the reading differ from the decoder's`() {
    var (changes, read) = (TextChanges(seed: 11), 0)
    for _ in 0..<6000 {
      let text = changes.changed(NetworkConstantsTests.sample)
      let witness = decoded(text)
      do {
        #expect(try NetworkConstants(parsing: text, file: "n.yaml") == witness, "\(text)")
        read += 1
      } catch { #expect(witness == nil || isStricter("\(error)"), "\(error)\n\(text)") }
    }
    #expect(read > 600)
  }

  /// Whether constants are refused that the decoder, which knows none of their meaning, takes.
  private func isStricter(_ error: String) -> Bool {
    ["is no constant here", "is not between", "<< merges", "is not text"].contains { error.contains($0) }
  }

  private static let sample = """
    # Where from
    provenance:
      - 'Measured: it''s ours'
    links:
      nvlink4:
        pair: { base_us: 13.96, overlap: 0.9981, share: 0.806 }
        shard: { base_us: 14, bias: 0.7018 }
      'pcie5': { pair: { share: 1_0e-1, hop_us: +3 } }
    networks:
      efa:
        wire: { base_us: 32.97, span: .5 }

    """
}
