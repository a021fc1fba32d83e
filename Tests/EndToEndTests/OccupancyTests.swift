import Foundation
import Testing

extension EndToEnd {
  @Suite struct OccupancyTests {
    /// A change of a text is meant, or it is noticed here: write the new text over the fixture.
    @Test(arguments: [
      ("a100", ["--gpu", "A100", "--threads", "256", "--registers", "64", "--shared-memory", "48 KiB"]),
      (
        "carveout",
        ["--compute-capability", "8.6", "--threads", "100", "--shared-memory", "10 KiB", "--carveout", "40 KiB"]
      ),
      ("full", ["--gpu", "h100", "--threads", "128"]),
      ("registers", ["--gpu", "V100", "--threads", "1024", "--registers", "255"]),
      ("shared-memory", ["--gpu", "H100", "--threads", "128", "--shared-memory", "228 KiB"]),
    ])
    func `The report is the one that was agreed on`(name: String, arguments: [String]) async throws {
      let outcome = try await Job([Orrery.executable.path, "occupancy"] + arguments, in: try Scratch()).finish()
      let golden = Orrery.tests.appending(path: "Fixtures/occupancy/\(name).txt")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output == (try String(contentsOf: golden, encoding: .utf8)))
      #expect(outcome.errors.isEmpty)
    }

    @Test func `A block that asks for a tebibyte does not fit`() async throws {
      let outcome = try await (try Scratch()).orrery(
        "occupancy", "--gpu", "A100", "--threads", "256", "--shared-memory", "1 TiB")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      #expect(outcome.output.contains("Not one block fits"))
      #expect(outcome.output.contains("  at most 163 KiB of shared memory per block: 1 block, 8 warps, 12.5 %"))
    }

    @Test func `JSON has the figures of the report`() async throws {
      let outcome = try await (try Scratch()).orrery(
        "occupancy", "--gpu", "A100", "--threads", "256", "--registers", "64", "--shared-memory", "48 KiB", "--json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let record = try decoder.decode(Record.self, from: Data(outcome.output.utf8))
      #expect(record.gpu == "A100 SXM4 80GB" && record.computeCapability == "8.0")
      #expect(record.result.blocks == 3 && record.result.warps == 24 && record.result.occupancy == 0.375)
      #expect(record.result.limiters == ["shared_memory"])
      #expect(record.limits == ["warps": 8, "registers": 4, "shared_memory": 3, "blocks": 32])
      #expect(record.blockSizes.map(\.threads) == Array(stride(from: 32, through: 1024, by: 32)))
    }

    private struct Record: Decodable {
      struct Size: Decodable {
        var threads, blocks, warps: Int
        var occupancy: Double
        var limiters: [String]
      }
      var gpu, computeCapability: String
      var result: Size
      var limits: [String: Int]
      var blockSizes: [Size]
    }

    @Test(arguments: [
      (["--gpu", "A100", "--threads", "0"], "--threads 0: a block has 1 to 1024 threads."),
      (["--gpu", "A100", "--threads", "2000"], "--threads 2000: a block has 1 to 1024 threads."),
      (
        ["--gpu", "A100", "--threads", "64", "--registers", "300"],
        "--registers 300: a thread of compute capability 8.0 has 0 to 255 registers; "
      ),
      (["--gpu", "GTX 480", "--threads", "64", "--registers", "64"], "2.0 has 0 to 63 registers; "),
      (
        ["--gpu", "RTX 4091", "--threads", "64"],
        "--gpu 'RTX 4091' is no GPU of the catalogue; did you mean GeForce RTX 4090?"
      ),
      (["--gpu", "TITAN X", "--threads", "64"], "--gpu 'TITAN X' could be any of "),
      (["--threads", "64"], "Name a GPU with --gpu, such as --gpu A100, or give its --compute-capability"),
      (["--gpu", "A100", "--compute-capability", "8.0", "--threads", "64"], "leave one out."),
      (
        ["--compute-capability", "8.1", "--threads", "64"],
        "--compute-capability '8.1' is no known compute capability; known: 2.0, 2.1, "
      ),
      (["--gpu", "A100", "--threads", "64", "--shared-memory", "48"], "--shared-memory '48' has no unit; "),
      (
        ["--gpu", "A10", "--threads", "64", "--carveout", "1 GiB"],
        "--carveout 1 GiB: compute capability 8.6 has at most 100 KiB; choose one of 0 B, 8 KiB, 16 KiB, "
      ),
      (["--gpu", "A100", "--threads", "-5"], "--threads -5: a block has 1 to 1024 threads."),
      (
        ["--gpu", "A100", "--threads", "64", "--registers", "-1"], "--registers -1: a thread of compute capability 8.0 "
      ),
      (["--gpu", "A100", "--threads", "64", "--shared-memory", "-1 KiB"], "--shared-memory '-1 KiB' is not a whole, "),
      (["--gpu", "A100", "--threads", "64", "--shared-memory", "1 PiB"], "8.0 has at most 163 KiB a block."),
      (["--gpu", "P40", "--threads", "64", "--carveout", "0 B"], "compute capability 6.1 has no choice here; "),
    ])
    func `A wrong option is refused with its value and the way on`(arguments: [String], reason: String) async throws {
      let outcome = try await Job([Orrery.executable.path, "occupancy"] + arguments, in: try Scratch()).finish()
      #expect(outcome.status == 64)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
