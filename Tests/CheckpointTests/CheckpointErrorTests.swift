import Checkpoint
import Foundation
import Testing

@Suite("A checkpoint error")
struct CheckpointErrorTests {
  @Test("is a line of what is wrong, and a line of the way out if there is one")
  func description() {
    let file = URL(filePath: "/runs/a")
    #expect(CheckpointError(file, "is broken").description == "/runs/a: is broken")
    #expect(CheckpointError(file, "is broken", hint: "Mend it.").description == "/runs/a: is broken\n  Mend it.")
    #expect((CheckpointError(file, "is broken") as any Error).localizedDescription == "/runs/a: is broken")
  }
}
