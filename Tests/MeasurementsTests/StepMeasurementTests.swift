import Foundation
import Measurements
import Testing

/// A row of training becomes the configuration that was measured, or is refused with its name and a reason.
@Suite struct StepMeasurementTests {
  private static let row = [
    "id": "a", "gpu": "A100", "n_gpus": "1", "layers": "12", "hidden": "768", "heads": "12", "vocab": "50257",
    "seq_len": "1024", "global_batch": "8", "micro_batch": "4", "dtype": "bf16", "step_time_s": "0.5",
  ]

  private func step(_ changes: [String: String] = [:]) throws -> StepMeasurement {
    let cells = Self.row.merging(changes) { $1 }.sorted { $0.key < $1.key }
    let text = [cells.map(\.key), cells.map(\.value)].map { $0.joined(separator: ",") }.joined(separator: "\n")
    return try StepMeasurement(CSVTable(parsing: text, name: "t.csv", requiring: StepMeasurement.columns).rows[0])
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
  }

  @Test func `empty cells have their usual meaning`() throws {
    let step = try step(["micro_batch": "", "zero_stage": "", "recompute": ""])
    #expect((step.microBatch, step.intermediate, step.zeroStage, step.recompute) == (8, 3072, 0, .none))
    #expect(step.scope == .step)
    #expect(try self.step(["recompute": "selective"]).recompute == .selective)
  }

  @Test(arguments: [
    (["layers": "1e15"], "layers '1e15' is above 10,000,000"),
    (
      ["hidden": "1e7", "layers": "1e7"],
      "layers · (4 · hidden + 3 · ffn_hidden) · hidden + vocab · hidden is above 1e17"
    ),
    (
      ["global_batch": "1e7", "seq_len": "1e6", "micro_batch": "1"], "the floating-point work of each GPU is above 1e17"
    ),
    (["seq_len": "1e7"], "the floating-point work of each GPU is above 1e17"),
    (["micro_batch": "1e6"], "micro_batch 1000000 of seq_len 1024: more than 100,000,000 tokens"),
    (["zero_stage": "4"], "zero_stage '4' is none of 0, 1, 2, 3"),
    (["zero_stage": "one"], "zero_stage 'one' is none of 0, 1, 2, 3"),
    (["recompute": "some"], "recompute 'some' is not modelled; known: none, selective, full"),
    (["scope": "bwd"], "scope 'bwd' is not modelled; known: full_step, fwd, fwd+bwd"),
    (["step_time_s": "0"], "step_time_s '0' is not a time above zero"),
    (["ep": "2"], "expert parallelism is not modelled"),
  ])
  func `what no plan describes is refused`(changes: [String: String], reason: String) throws {
    #expect(refusal { _ = try step(changes) } == "a: \(reason)")
  }

  @Test func `a step has a whole number of micro-batches`() throws {
    #expect(try step().accumulation() == 2)
    #expect(try step(["dp": "2"]).accumulation() == 1)
    for (changes, reason) in [
      (["micro_batch": "3"], "global_batch 8 is no multiple of micro_batch 3"),
      (["micro_batch": "16"], "global_batch 8 is no multiple of micro_batch 16"),
      (["dp": "4"], "global_batch 8 is no multiple of micro_batch 4 on 4 ranks"),
      (
        ["layers": "1e5", "hidden": "12"], "100000 layers in 2 micro-batches: more than 100,000 passes through a layer"
      ),
    ] {
      #expect(refusal { _ = try step(changes).accumulation() } == "a: \(reason)")
    }
  }

  @Test func `refusals are grouped by reason, with all names`() {
    let refusals = (0..<5).map { StepMeasurement.Refusal(id: "r\($0)", group: "", reason: $0 == 2 ? "odd" : "usual") }
    let texts = RefusalGroup.grouping(refusals).map(\.text)
    #expect(texts == ["4 × usual\n    r0, r1, r3, r4", "1 × odd\n    r2"])
  }

  @Test(arguments: [1, 2, 9, 100, 1000], [1, 7, 26, 200])
  func `however many names a reason has, each is printed once, in lines that can be read`(count: Int, length: Int) {
    let ids = (0..<count).map { "\($0)".padding(toLength: max(length, 4), withPad: "-", startingAt: 0) }
    let refusals = ids.map { StepMeasurement.Refusal(id: $0, group: "", reason: "usual") }
    let lines = RefusalGroup.grouping(refusals)[0].text.split(separator: "\n")
    #expect(lines[0] == "\(count) × usual")
    let printed = lines.dropFirst().joined(separator: " ").split { $0 == "," || $0 == " " }.map(String.init)
    #expect(printed == ids)
    for line in lines where line.contains(", ") { #expect(line.count <= 110) }
    for (line, next) in zip(lines.dropFirst(), lines.dropFirst(2)) {
      let word = next.split(separator: " ")[0]
      #expect(line.count + 1 + word.count > 110, "a name is on a new line that had room on the last")
    }
  }
}
