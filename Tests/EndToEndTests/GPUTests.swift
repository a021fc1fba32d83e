import Foundation
import Testing

extension EndToEnd {
  @Suite struct GPUTests {
    @Test func `All GPUs are listed, each on a line`() async throws {
      let outcome = try await (try Scratch()).orrery("gpus")
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(lines[0].hasPrefix("GPU  ") && lines[0].hasSuffix("  W"))
      for start in ["GeForce GTX 480  ", "Tesla V100 SXM2 16GB  ", "A100 SXM4 80GB  ", "H20 ?  ", "GeForce RTX 5090  "]
      {
        #expect(lines.count { $0.hasPrefix(start) } == 1, "\(start)")
      }
      let end = try #require(lines.firstIndex(of: ""))
      #expect(Set(lines[..<end].map(\.count)).count == 1)
    }

    /// A change of a text is meant, or it is noticed here: write the new text over the fixture.
    @Test(arguments: [("a100", "NVIDIA A100-SXM4-80GB"), ("v100", "V100-SXM2 (DGX-1)"), ("h20", "h20")])
    func `All that is known of one is the text that was agreed on`(name: String, gpu: String) async throws {
      let outcome = try await (try Scratch()).orrery("gpus", gpu)
      let golden = Orrery.tests.appending(path: "Fixtures/gpus/\(name).txt")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output == (try String(contentsOf: golden, encoding: .utf8)))
    }

    @Test func `JSON has them all, in plain units`() async throws {
      let scratch = try Scratch()
      let all = try await scratch.orrery("gpus", "--json")
      let one = try await scratch.orrery("gpus", "V100", "--json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let records = try decoder.decode([Record].self, from: Data(all.output.utf8))
      let record = try decoder.decode(Record.self, from: Data(one.output.utf8))
      #expect(records.count > 50 && records.contains(record))
      #expect(record.name == "Tesla V100 SXM2 16GB" && record.memoryBytes == 16 << 30)
      #expect(record.matmulFlopsPerSecond == ["fp32": 15.67e12, "fp16": 125.3e12])
      #expect(record.limits["warps"] == 64 && record.flashAttention.isEmpty)
    }

    private struct Record: Decodable, Equatable {
      var name: String
      var memoryBytes: Int
      var matmulFlopsPerSecond: [String: Double]
      var limits: [String: Int]
      var flashAttention: [Int]
    }

    @Test(arguments: [
      ("MI300X", "NAME 'MI300X' is no GPU of the catalogue; orrery gpus lists them"),
      ("A1000", "NAME 'A1000' is no GPU of the catalogue; did you mean A100 SXM4 80GB?"),
    ])
    func `An unknown GPU is refused with the way on`(name: String, reason: String) async throws {
      let outcome = try await (try Scratch()).orrery("gpus", name)
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
