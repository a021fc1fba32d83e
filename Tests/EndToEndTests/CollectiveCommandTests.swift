import Foundation
import Testing

extension EndToEnd {
  /// Figures follow the constants; what must hold of them whatever they say is tested here.
  @Suite struct CollectiveCommandTests {
    struct Record: Decodable {
      struct Groups: Decodable {
        var gpus, count, size, stride: Int
      }
      struct Size: Decodable {
        var bytes: Int
        var closedForm: ClosedForm
        var messages: [Played]
      }
      struct ClosedForm: Decodable {
        var seconds, algorithmBytesPerSecond, busBytesPerSecond: Double
        var algorithm, `protocol`: String
      }
      struct Played: Decodable {
        var schedule: String
        var seconds, algorithmBytesPerSecond, busBytesPerSecond: Double
        var sharesLinks: Bool
        var busiestLink: Link
      }
      struct Link: Decodable {
        var name: String
        var bytes, alike: Int
      }
      var version: Int
      var kind: String
      var groups: Groups
      var sizes: [Size]
      var notes: [String]
    }

    private func outcome(_ arguments: [String]) async throws -> Outcome {
      try await Job([Orrery.executable.path, "collective"] + arguments, in: try Scratch()).finish()
    }

    private func record(_ arguments: String...) async throws -> Record {
      let outcome = try await outcome(arguments + ["--json"])
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Record.self, from: Data(outcome.output.utf8))
    }

    /// Bus bandwidth over algorithm bandwidth, as nccl-tests has it.
    private func busFactor(_ kind: String, _ ranks: Int) -> Double {
      let share = Double(ranks - 1) / Double(ranks)
      return kind == "all-reduce" ? 2 * share : kind == "broadcast" ? 1 : share
    }

    /// Groups of eight behind a switch, whose NVLink has 450 GB/s, and of one GPU on each node, whose card has 50 GB/s.
    @Test(
      arguments: ["all-reduce", "all-gather", "reduce-scatter", "broadcast", "all-to-all"],
      [("1", 450e9), ("8", 50e9)])
    func `No bus bandwidth is above the link's, and more bytes never take less time`(
      kind: String, _ groups: (stride: String, link: Double)
    ) async throws {
      let found = try await record(
        kind, "64KiB", "1MiB", "16MiB", "1GiB", "--cluster", "hgx-h100", "--gpus", "64", "--group-size", "8",
        "--stride",
        groups.stride)
      #expect(found.version == 1 && found.kind == kind && found.notes.isEmpty && found.groups.count == 8)
      #expect(found.sizes.map(\.bytes) == [1 << 16, 1 << 20, 1 << 24, 1 << 30])
      let factor = busFactor(kind, 8)
      for size in found.sizes {
        let closed = size.closedForm
        // A switch that sums lets through more than a ring's link could carry.
        #expect(closed.busBytesPerSecond <= groups.link || closed.algorithm == "in-switch")
        #expect(abs(closed.algorithmBytesPerSecond * closed.seconds / Double(size.bytes) - 1) < 1e-12)
        #expect(abs(closed.busBytesPerSecond / closed.algorithmBytesPerSecond - factor) < 1e-12)
        for played in size.messages {
          #expect(played.busBytesPerSecond <= groups.link || played.schedule == "in-switch")
          #expect(abs(played.algorithmBytesPerSecond * played.seconds / Double(size.bytes) - 1) < 1e-12)
          #expect(abs(played.busBytesPerSecond / played.algorithmBytesPerSecond - factor) < 1e-12)
          #expect(played.busiestLink.bytes > 0 && played.busiestLink.alike > 0 && !played.sharesLinks)
          #expect(played.busiestLink.name.hasPrefix(groups.stride == "1" ? "NVLink, " : "InfiniBand, "))
        }
      }
      for (small, large) in zip(found.sizes, found.sizes.dropFirst()) {
        #expect(small.closedForm.seconds <= large.closedForm.seconds)
        #expect(zip(small.messages, large.messages).allSatisfy { $0.seconds < $1.seconds })
      }
    }

    @Test(arguments: [
      ("all-reduce", "8", "ring recursive tree in-switch"), ("all-reduce", "16", "ring recursive tree hierarchical"),
      ("all-gather", "16", "ring recursive tree"), ("reduce-scatter", "8", "ring recursive tree"),
      ("broadcast", "8", "ring recursive tree"), ("all-to-all", "16", "pairwise"),
    ])
    func `Every schedule that fits is played`(kind: String, size: String, schedules: String) async throws {
      let found = try await record(kind, "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--group-size", size)
      #expect(found.sizes[0].messages.map(\.schedule).joined(separator: " ") == schedules)
      let only = schedules.split(separator: " ").last.map(String.init)!
      let one = try await record(
        kind, "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--group-size", size, "--algorithm", only)
      #expect(one.sizes[0].messages.map(\.schedule) == [only])
      #expect(one.sizes[0].messages[0].seconds == found.sizes[0].messages.last!.seconds)
    }

    /// A DGX-1 has a card for two GPUs, an HGX H100 one for each.
    @Test func `Groups that go through one card share it, and those with a card each do not`() async throws {
      for (cluster, shares) in [("dgx-1v", true), ("hgx-h100", false)] {
        let found = try await record("all-gather", "16MiB", "--cluster", cluster, "--gpus", "16", "--stride", "8")
        #expect(found.groups.size == 2 && found.groups.count == 8 && found.groups.stride == 8)
        #expect(found.sizes[0].messages.count == 3)
        for played in found.sizes[0].messages { #expect(played.sharesLinks == shares, "\(cluster): \(played)") }
      }
      let tree = try await record("all-to-all", "16MiB", "--cluster", "l40s-8", "--gpus", "8")
      #expect(tree.sizes[0].messages[0].sharesLinks)
      #expect(tree.sizes[0].messages[0].busiestLink.name.hasPrefix("PCIe, "))
    }

    @Test func `A schedule of too many messages is left out, and said to be`() async throws {
      let found = try await record("broadcast", "1MiB", "--cluster", "hgx-h100")
      #expect(found.sizes[0].messages.map(\.schedule) == ["recursive", "tree"])
      #expect(found.notes == ["ring is left out: 1,047,552 messages, and 262,144 at most are simulated"])
    }

    @Test func `GPUs of a node that are left out are spoken of`() async throws {
      let found = try await record("all-reduce", "1MiB", "--cluster", "l40s-8", "--gpus", "4")
      #expect(found.notes.count == 1 && found.notes[0].contains("the 4 other GPUs of the node are idle"))
    }

    @Test func `The text has the figures of the JSON, a row for each size`() async throws {
      let arguments = ["all-reduce", "64KiB", "1GiB", "--cluster", "hgx-h100", "--gpus", "16", "--group-size", "8"]
      let text = try await outcome(arguments)
      #expect(text.status == 0 && text.errors.isEmpty, "\(text)")
      let lines = text.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines[0].hasPrefix("collective       all-reduce, "))
      #expect(lines[1] == "groups           2 of 8 GPUs, all at once")
      #expect(lines[2].hasPrefix("cluster          HGX H100: 2 nodes of 8 × H100 SXM5 80GB, NVLink 4, "))
      #expect(lines.contains { $0.hasPrefix("error band: ") })
      let found = try await record(
        arguments[0], arguments[1], arguments[2], "--cluster", "hgx-h100", "--gpus", "16", "--group-size", "8")
      for (size, name) in zip(found.sizes, ["64.0 KiB", "1.00 GiB"]) {
        let row = try #require(lines.first { $0.hasPrefix(name) })
        #expect(row.contains(" \(size.closedForm.algorithm), \(size.closedForm.protocol) "))
        let cells = row.split(separator: " ").map(String.init)
        let times = [size.closedForm.seconds] + size.messages.map(\.seconds)
        for time in times { #expect(hasNumber(cells, time * 1e6) || hasNumber(cells, time * 1e3), "\(time): \(row)") }
        let rates = [size.closedForm.busBytesPerSecond] + size.messages.map(\.busBytesPerSecond)
        for rate in rates { #expect([1e6, 1e9].contains { hasNumber(cells, rate / $0) }, "\(rate): \(row)") }
      }
    }

    /// Whether a cell says a number, to its three digits.
    private func hasNumber(_ cells: [String], _ value: Double) -> Bool {
      cells.contains { Double($0).map { abs($0 / value - 1) < 0.0051 } ?? false }
    }

    @Test(arguments: [
      (["allreduce", "1MiB", "--cluster", "hgx-h100"], "KIND 'allreduce' is none; did you mean all-reduce?"),
      (["send-receive", "1MiB", "--cluster", "hgx-h100"], "KIND 'send-receive' is none; "),
      (["all-reduce", "1024", "--cluster", "hgx-h100"], "SIZE '1024' has no unit; "),
      (["all-reduce", "0B", "--cluster", "hgx-h100"], "SIZE '0B' is not between 1 B and 1.00 TiB; "),
      (["all-reduce", "2TiB", "--cluster", "hgx-h100"], "SIZE '2TiB' is not between 1 B and 1.00 TiB; "),
      (["all-reduce", "1MiB"], "Missing expected argument '--cluster <name>'"),
      (["all-reduce", "1MiB", "--cluster", "hgx-h1000"], "did you mean hgx-h100?"),
      (["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "1"], "--gpus 1: a collective is among two GPUs"),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "12"],
        "'12' does not fill nodes of 8 GPUs; use 8 or 16"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "2048"],
        "--gpus 2048: 1,024 at most are simulated message by message; use 1024 or fewer"
      ),
      (["all-reduce", "1MiB", "--cluster", "rtx4090-pcie-4", "--gpus", "8"], "needs a network between 2 nodes"),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--group-size", "3"],
        "--group-size 3: 16 GPUs do not divide into groups of 3; choose one of 2, 4, 8, 16, or other --gpus"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--group-size", "4", "--stride", "8"],
        "--group-size 4: 16 GPUs do not divide into groups of 4 whose GPUs are 8 apart; choose one of 2, or other --gpus"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--stride", "3"],
        "--stride 3: 16 GPUs do not make groups of two or more whose GPUs are 3 apart; choose one of 1, 2, 4, 8"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--stride", "-1"], "--stride -1: GPUs of a group are one apart"
      ),
      (
        ["all-to-all", "1MiB", "--cluster", "hgx-h100"],
        "--group-size 1024: 1,024 GPUs send 1,047,552 messages (pairwise), and 262,144 at most are simulated; choose smaller"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--algorithm", "pairwise"],
        "--algorithm pairwise is no schedule of all-reduce; choose one of ring, recursive, tree, "
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--algorithm", "rings"],
        "--algorithm 'rings' is none; did you mean ring?"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "dgx-a100-80", "--gpus", "8", "--algorithm", "in-switch"],
        "--algorithm in-switch: DGX A100 80GB has no switches that sum; choose one of ring, recursive, tree"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--algorithm", "in-switch"],
        "--algorithm in-switch: a switch sums for the 8 GPUs of one NVLink domain, and groups reach beyond it"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "8", "--algorithm", "hierarchical"],
        "--algorithm hierarchical: it takes groups that have as many GPUs, two at least, side by side on each of several nodes of 8"
      ),
      (
        ["all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus-file", "mine.yaml"],
        "--gpus-file mine.yaml: is of no use to a built-in cluster"
      ),
    ])
    func `A wrong request is refused with its value and the way on`(arguments: [String], reason: String) async throws {
      let outcome = try await outcome(arguments)
      #expect(outcome.status == 64)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
