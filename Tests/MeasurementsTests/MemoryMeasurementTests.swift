import Measurements
import Testing

/// A row of memory becomes a figure in bytes with its configuration, or is refused with its name and a reason.
@Suite struct MemoryMeasurementTests {
  private static let row = [
    "id": "a", "group": "g", "framework": "Megatron-LM", "kind": "measured", "quality": "A", "unit": "GiB",
    "quantity": "peak_memory_per_gpu (max over stages)", "value": "2", "recompute": "none", "layers": "12",
    "dtype": "fp16/bf16", "n_gpus": "8", "tp": "2",
  ]

  private func read(_ changes: [String: String] = [:]) throws -> MemoryMeasurement {
    let cells = Self.row.merging(changes) { $1 }.sorted { $0.key < $1.key }
    let text = [cells.map(\.key), cells.map(\.value)].map { $0.joined(separator: ",") }.joined(separator: "\n")
    let table = try CSVTable(parsing: text, name: "t.csv", requiring: MemoryMeasurement.columns)
    return try MemoryMeasurement(table.rows[0])
  }

  private func refusal(_ changes: [String: String]) -> String? {
    do { _ = try read(changes) } catch { return "\(error)" }
    return nil
  }

  private static let sizes: [(String, Double)] = [
    ("bytes", 2), ("GB (1e9)", 2e9), ("GiB", 2 * 0x1p30), ("GB (2^30)", 2 * 0x1p30), ("MiB", 2 * 0x1p20), ("%", 0.02),
    ("GB (as printed)", 14),
  ]

  @Test(arguments: sizes)
  func `units say how many bytes they are`(unit: String, size: Double) throws {
    #expect(try read(["unit": unit]).size(printedGigabyte: 7) == size)
  }

  @Test(
    arguments: sizes.map(\.0), ["99999999999999999999", "1e300", "1e-300", "inf", "-inf", "nan", "0", "-1", "", "x"])
  func `what no GPU has is refused in every unit, with the cell`(unit: String, value: String) {
    #expect(refusal(["unit": unit, "value": value])?.hasPrefix("a: value '\(value)' ") == true)
  }

  @Test(arguments: sizes.map(\.0))
  func `what is accepted is a whole number of bytes`(unit: String) throws {
    for power in -20...20 {
      guard let row = try? read(["unit": unit, "value": "1e\(power)"]) else { continue }
      let size = row.size(printedGigabyte: 0x1p30)
      #expect(size > 0 && size < 0x1p60 && row.value == Double("1e\(power)"))
    }
    #expect(try read(["unit": unit, "value": "80"]).value == 80)
  }

  @Test(arguments: ["n_gpus", "tp", "pp", "dp", "cp", "ep"])
  func `more ranks than any machine has are refused`(column: String) {
    #expect(refusal([column: "1048576"]) == nil)
    #expect(refusal([column: "1048577"]) == "a: \(column) '1048577' is above 1,048,576")
  }

  @Test func `empty cells stay empty, and a cell of two types means the first`() throws {
    let configuration = try read().configuration
    #expect((configuration.layers, configuration.gpus, configuration.tensor) == (12, 8, 2))
    #expect(configuration.hidden == nil && configuration.zeroStage == nil && configuration.chunks == nil)
    #expect(configuration.type == "fp16")
    #expect(configuration.recompute == StepMeasurement.Recompute.none)
  }

  @Test func `chunks may be as small as a layer, and experts are seen in the notes`() throws {
    let row = try read(["vpp": "max (1 layer per chunk)", "notes": "experts 8; flags"]).configuration
    #expect(row.hasOneLayerPerChunk && row.chunks == nil && row.isMixtureOfExperts)
    #expect(try read(["vpp": "3"]).configuration.chunks == 3)
  }

  private static let judged: [([String: String], Bool)] = [
    ([:], true), (["quality": "B+"], true), (["quality": "B"], false), (["quality": "C"], false),
    (["recompute": ""], false), (["recompute": "", "quantity": "model_states_per_gpu"], true),
  ]

  @Test(arguments: judged)
  func `rows count that state what matters, at quality B+ or better`(changes: [String: String], counts: Bool) throws {
    #expect(try read(changes).isSpecified == counts)
  }

  @Test(arguments: [
    (["quantity": "cpu_memory"], "a: quantity 'cpu_memory' is no memory of a GPU that a program accounts for"),
    (["value": "0"], "a: value '0' is not a number above zero"),
    (["zero_stage": "4"], "a: zero_stage '4' is none of 0, 1, 2, 3"),
    (["recompute": "some"], "a: recompute 'some' is not modelled; known: none, selective, full"),
    (["layers": "1.5"], "a: layers '1.5' is not a whole number of at least 1"),
    (["params_b": "-1"], "a: params_b '-1' is not a number above zero"),
    (["params_b": "999999999"], "a: params_b '999999999' is above 1,000,000"),
  ])
  func `what is no memory figure is refused`(changes: [String: String], reason: String) {
    #expect(refusal(changes) == reason)
    #expect(refusal(["unit": "GBytes"])?.hasPrefix("a: unit 'GBytes' is none of bytes, GB (1e9)") == true)
  }
}
