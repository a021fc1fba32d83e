import Foundation
import Testing

extension EndToEnd {
  @Suite struct CompareCommandTests {
    struct Record: Decodable {
      struct Setting: Decodable { var key, value: String }
      struct Figures: Decodable {
        var fits: Bool
        var gpus, memoryBytes, capacityBytes: Int
        var seconds, bubbleShare: Double
      }
      struct Layout: Decodable {
        var settings: [Setting]
        var reason: String
        var refused, best: Bool
        var figures: Figures?

        var values: [String] { settings.map(\.value) }
      }
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
      #expect(predicted.map(\.seconds) == predicted.map(\.seconds).sorted())
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
      #expect(lines[3].contains("parallelism.tp") && lines[4].hasPrefix("*  1") && lines[6].contains("refused"))
      for words in ["\n1: best: ", "\n2: slower by ", " more ", "\n3: refused: ", "\nerror band: "] {
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
