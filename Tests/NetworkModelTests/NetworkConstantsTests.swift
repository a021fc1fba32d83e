import NetworkModel
import Testing

@Suite struct NetworkConstantsTests {
  @Test func `the built-in constants read back from their own text`() throws {
    let constants = try NetworkConstants.builtIn()
    #expect(try NetworkConstants(parsing: constants.text, file: "again.yaml").text == constants.text)
  }

  @Test(arguments: [
    ("links: []", "holds no network constants"),
    ("provenance: []\nlinks: { nvlink3: { shard: { share: 2 } } }\nnetworks: {}", "share: 2.0 is not between"),
    ("provenance: []\nlinks: { nvlink3: { shard: { shares: 2 } } }\nnetworks: {}", "shares is no constant here"),
  ])
  func `constants that mean nothing are refused by name`(text: String, reason: String) throws {
    let error = #expect(throws: NetworkError.self) { try NetworkConstants(parsing: text, file: "n.yaml") }
    #expect(error?.description.contains(reason) == true)
  }
}
