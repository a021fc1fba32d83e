import Foundation
import Testing

extension EndToEnd {
  /// The JSON of estimate, compare, inference and collective against the page that describes it.
  @Suite struct EstimateSchemaTests {
    /// `a.b` and `a[].b` of every value that is neither object nor list.
    private func paths(_ value: Any, _ path: String = "") -> Set<String> {
      switch value {
      case let object as [String: Any]:
        object.reduce(into: []) { $0.formUnion(paths($1.value, path.isEmpty ? $1.key : "\(path).\($1.key)")) }
      case let list as [Any] where list.contains { $0 is [String: Any] }:
        list.reduce(into: []) { $0.formUnion(paths($1, "\(path)[]")) }
      default: [path]
      }
    }

    /// Keys in the first column of the table under a heading.
    private func documented(_ heading: String) throws -> Set<String> {
      let page = Orrery.tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/estimate-json.md")
      let text = try String(contentsOf: page, encoding: .utf8)
      let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("`\(heading)") })
      let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
      return Set(
        rows.flatMap { row in row.split(separator: "|")[0].split(separator: "`").filter { $0.count > 2 } }.map(
          String.init))
    }

    private func keys(_ arguments: String...) async throws -> Set<String> {
      let outcome = try await Job([Orrery.executable.path] + arguments, in: try EstimateCommandTests.scratch()).finish()
      #expect(outcome.status == 0, "\(outcome)")
      return paths(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)))
    }

    @Test func `Every key of an estimate is documented, and every documented key is there`() async throws {
      let jitter = "simulation.jitter=0.1"
      let failures = [
        "simulation.mtbf_per_gpu=1000 h", "simulation.restart_time=1 min", "simulation.checkpoint_write_time=1 s",
      ]
      let some = try await keys("estimate", "run.yaml", "--json", jitter, failures[0], failures[1], failures[2])
      let large = try await keys("estimate", "run.yaml", "--json", "model.n_embd=8192", "model.n_layer=32")
      let offload = "zero_optimization.offload_optimizer.device=cpu"
      let away = try await keys("estimate", "run.yaml", "--json", offload)
      #expect(try some.union(large).union(away) == documented("orrery estimate"))
    }

    @Test func `Every key of a comparison is documented, and every documented key is there`() async throws {
      let found = try await keys(
        "compare", "run.yaml", "--json", "--vary", "parallelism.tp=1,2", "simulation.checkpoint_write_time=1 s")
      #expect(try found == documented("orrery compare"))
    }

    @Test func `Every key of an inference is documented, and every documented key is there`() async throws {
      let found = try await keys(
        "inference", "run.yaml", "--json", "--gpu", "H100", "--batch", "1,100000", "parallelism.tp=1",
        "parallelism.pp=1", "sequence_parallel=false")
      #expect(try found == documented("orrery inference"))
    }

    @Test func `Every key of a collective is documented, and every documented key is there`() async throws {
      let found = try await keys("collective", "all-reduce", "1MiB", "--cluster", "hgx-h100", "--gpus", "16", "--json")
      #expect(try found == documented("orrery collective"))
    }
  }
}
