import Foundation
import Testing

extension EndToEnd {
  @Suite struct HelpTests {
    static let commands = [
      [], ["train"], ["generate"], ["data"], ["data", "prepare"], ["data", "inspect"], ["checkpoint"],
      ["checkpoint", "inspect"], ["checkpoint", "verify"], ["schedule"], ["verify"], ["gpus"], ["occupancy"],
      ["kernel"],
      ["roofline"], ["estimate"], ["compare"], ["collective"], ["inference"], ["calibrate"],
    ]

    /// A change of a help text is meant, or it is noticed here: write the new text over the fixture.
    @Test(arguments: commands)
    func `The help text is the one that was agreed on`(command: [String]) async throws {
      let outcome = try await Job([Orrery.executable.path] + command + ["--help"], in: try Scratch()).finish()
      let name = (["orrery"] + command).joined(separator: "-")
      let golden = try String(contentsOf: Orrery.tests.appending(path: "Fixtures/help/\(name).txt"), encoding: .utf8)
      #expect(outcome.status == 0)
      #expect(outcome.output == golden)
      #expect(outcome.errors.isEmpty)
    }

    @Test func `The reference of settings has every key with its default`() async throws {
      let outcome = try await (try Scratch()).orrery("train", "--help-config")
      #expect(outcome.status == 0)
      for key in ["model.n_layer", "parallelism.dp", "optimizer.lr", "checkpoint.folder", "communication.all_reduce"] {
        let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("  \(key): ") }
        #expect(line?.contains("(default: ") == true, "\(key)")
      }
    }
  }
}
