import Checkpoint
import Testing

@Suite("A stored type")
struct StoredTypeTests {
  @Test("has the width that its name says")
  func widths() {
    for type in StoredType.allCases where type != .bool {
      #expect(type.rawValue.hasSuffix("\(type.size * 8)"), "\(type)")
    }
    #expect(StoredType.bool.size == 1)
  }
}
