import Foundation
import Testing

extension EndToEnd {
  @Suite struct CompareCommandTests {
    struct Record: Decodable {
      struct Setting: Decodable { var key, value: String }
      struct Figures: Decodable {
        var fits: Bool
        var gpus, memoryBytes, capacityBytes: Int
        var seconds, tokensPerSecond, bubbleShare: Double
        var goodput: Double?
      }
      struct Layout: Decodable {
        var settings: [Setting]
        var reason: String
        var refused, best: Bool
        var figures: Figures?

        var values: [String] { settings.map(\.value) }
      }
      var notes: [String]
      var layouts: [Layout]
    }

    private func compare(_ arguments: String...) async throws -> Record {
      let outcome = try await Job(
        [Orrery.executable.path, "compare", "run.yaml"] + arguments + ["--json"],
        in: try EstimateCommandTests.scratch()
      ).finish()
      #expect(outcome.status == 0, "\(outcome)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Record.self, from: Data(outcome.output.utf8))
    }

    @Test func `Every combination is a row, on as many GPUs as the run, the fastest first`() async throws {
      let record = try await compare(
        "--vary", "parallelism.tp=1,2,3", "--vary", "parallelism.pp=1,2", "sequence_parallel=false")
      #expect(Set(record.layouts.map(\.values)).count == 6 && record.layouts.count == 6)
      let predicted = record.layouts.compactMap(\.figures)
      #expect(predicted.count == 4 && predicted.allSatisfy { $0.gpus == 8 && $0.fits })
      // Fewer data-parallel ranks make smaller steps: the tokens decide.
      #expect(predicted.map(\.tokensPerSecond) == predicted.map(\.tokensPerSecond).sorted(by: >))
      #expect(record.notes.last?.hasPrefix("steps differ in tokens") == true)
      #expect(record.layouts[1].reason.contains(" per million tokens"))
      #expect(record.layouts.map(\.best) == [true, false, false, false, false, false])
      for layout in record.layouts {
        #expect(layout.refused == (layout.values[0] == "3") && !layout.reason.isEmpty)
        if let figures = layout.figures { #expect((figures.bubbleShare > 0) == (layout.values[1] == "2")) }
      }
      #expect(record.layouts.last?.reason.contains("parallelism.tp '3' does not divide") == true)
    }

    @Test func `--gpus and a varied dp decide how many ranks take part`() async throws {
      let all = try await compare("--gpus", "32", "--vary", "parallelism.pp=1,2")
      #expect(all.layouts.compactMap { $0.figures?.gpus } == [32, 32])
      let varied = try await compare("--vary", "parallelism.dp=1,4")
      #expect(Set(varied.layouts.compactMap { $0.figures?.gpus }) == [4, 16])
      let kept = try await compare("--vary", "parallelism.pp=1,2", "parallelism.dp=2")
      #expect(Set(kept.layouts.compactMap { $0.figures?.gpus }) == [4, 8])
    }

    @Test func `A row has the figures of the estimate of its layout`() async throws {
      let record = try await compare("--vary", "zero_optimization.stage=0,1,2,3")
      #expect(record.layouts.count == 4)
      for layout in record.layouts {
        let outcome = try await (try EstimateCommandTests.scratch()).orrery(
          "estimate", "run.yaml", "--json", "zero_optimization.stage=\(layout.values[0])")
        let figures = try EstimateFigures(outcome.output)
        let row = try #require(layout.figures)
        #expect(row.seconds == figures.step.seconds)
        #expect(row.memoryBytes == figures.memory.capacityBytes - figures.memory.freeBytes)
      }
    }

    @Test func `A row is timed by its mean step and what failures leave of it`() async throws {
      let failures = ["simulation.restart_time=10 min", "simulation.checkpoint_write_time=30 s"]
      let steady = try await compare("--vary", "simulation.jitter=0,0.1,0.2")
      #expect(steady.layouts.map(\.values) == [["0"], ["0.1"], ["0.2"]])
      #expect(steady.layouts[2].reason.hasSuffix(" more waiting for the rank that jitter delays most"))
      // The run alone says what failures cost, not how often they come.
      let failing = try await compare("--vary", "simulation.mtbf_per_gpu=1 h,50000 h", failures[0], failures[1])
      #expect(failing.layouts.map(\.values) == [["50000 h"], ["1 h"]])
      let goodput = failing.layouts.compactMap { $0.figures?.goodput }
      #expect(goodput.count == 2 && goodput[0] > goodput[1])
      #expect(failing.layouts[1].reason.hasSuffix(" more time for failures and checkpoints"))
    }

    @Test func `Of equal rows the first alone is the best`() async throws {
      let record = try await compare("--vary", "seed=1,2,3")
      #expect(record.layouts.map { $0.reason.hasPrefix("best: ") } == [true, false, false])
      #expect(record.layouts.dropFirst().allSatisfy { $0.reason == "as fast as row 1" })
    }

    @Test func `Rows of different models are told apart from faster ones`() async throws {
      let record = try await compare("--vary", "model.n_layer=8,16")
      #expect(record.notes.last?.hasPrefix("models differ") == true)
    }

    @Test func `A layout without the memory comes after those that fit, and says what it lacks`() async throws {
      let record = try await compare("model.n_embd=4096", "model.n_layer=32", "--vary", "micro_batch_size=1,64")
      #expect(record.layouts.map { $0.figures?.fits } == [true, false])
      #expect(record.layouts[1].reason.hasPrefix("out of memory: pipeline rank "))
      #expect(record.layouts[1].reason.contains(" would save "))
    }

    @Test func `The table marks the best, and has a sentence on each row`() async throws {
      let outcome = try await (try EstimateCommandTests.scratch()).orrery(
        "compare", "run.yaml", "--vary", "parallelism.tp=1,2,3", "sequence_parallel=false")
      #expect(outcome.status == 0, "\(outcome)")
      let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines[0] == "on HGX H100 (H100 SXM5 80GB)" && lines[1].hasPrefix("note: no cluster is named"))
      #expect(lines[2] == "note: steps differ in tokens: the least time per token comes first")
      #expect(lines[4].contains("parallelism.tp") && lines[5].hasPrefix("*  1") && lines[7].contains("refused"))
      for words in [
        "\n1: best: ", "\n2: slower by ", " more ", "\n3: refused: ", "\nenergy: board watts", "\nerror band: ",
      ] {
        #expect(outcome.output.contains(words), "\(words)")
      }
    }

    @Test(arguments: [
      (["run.yaml"], Int32(64), "Nothing varies; add --vary key.path=value,value"),
      (
        ["run.yaml", "--vary", "parallelism.tp"], 64, "--vary 'parallelism.tp' is not of the form key.path=value,value"
      ),
      (["run.yaml", "--vary", "parallelism.tp=1,,2"], 64, "--vary 'parallelism.tp=1,,2' is not of the form"),
      (["run.yaml", "--vary", "paralelism.tp=1,2"], 65, "paralelism.tp is no known key"),
      (["run.yaml", "--vary", "parallelism.tp=x"], 65, "the layout is refused, the first: parallelism.tp 'x' is not"),
      (
        ["run.yaml", "--vary", "parallelism.tp=1", "--vary", "tensor_parallel_size=2"], 64,
        "tensor_parallel_size: is given twice"
      ),
      (["run.yaml", "--vary", "parallelism.tp=1,2", "parallelism.tp=4"], 64, "--vary parallelism.tp: is given twice"),
      (["run.yaml", "--vary", "parallelism.tp=1,2,1"], 64, "--vary parallelism.tp: has 1 twice; keep one of them"),
      (
        ["run.yaml", "--vary", "cluster=hgx-h100,dgx-2", "--cluster", "dgx-2"], 64,
        "--vary cluster: --cluster dgx-2 says it for every row; keep one of them"
      ),
      (
        ["run.yaml", "--vary", "simulation.gpus=8,16", "--gpus", "8"], 64,
        "--vary simulation.gpus: --gpus 8 says it for every row; keep one of them"
      ),
      (["run.yaml", "--vary", "parallelism.tp=1,2", "--cluster", "hgx-h10"], 64, "--cluster 'hgx-h10' is no cluster"),
    ])
    func `A wrong request is refused with the way on`(arguments: [String], status: Int32, reason: String) async throws {
      let outcome = try await Job(
        [Orrery.executable.path, "compare"] + arguments, in: try EstimateCommandTests.scratch()
      ).finish()
      #expect(outcome.status == status && outcome.output.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
