import Measurements
import Testing

/// A row of training becomes a sample with what its source says of machines, or is refused with its name and a reason.
@Suite struct StepSampleTests {
  private static let row = [
    "id": "a", "gpu": "A100", "n_gpus": "16", "layers": "12", "hidden": "768", "heads": "12", "seq_len": "1024",
    "dtype": "bf16", "step_time_s": "0.5", "year": "2023", "gpus_per_node": "8", "interconnect": "8x200Gb HDR IB",
  ]

  private func sample(_ changes: [String: String] = [:]) throws -> StepSample {
    let cells = Self.row.merging(changes) { $1 }.sorted { $0.key < $1.key }
    let text = [cells.map(\.key), cells.map(\.value)].map { $0.joined(separator: ",") }.joined(separator: "\n")
    return try StepSample(CSVTable(parsing: text, name: "t.csv", requiring: StepSample.columns).rows[0])
  }

  @Test func `empty cells state nothing`() throws {
    let sample = try sample(["year": "", "gpus_per_node": "", "scope": ""])
    #expect(sample.year == nil && sample.gpusPerNode == nil && sample.scope == .step)
    #expect(try self.sample().gpusPerNode == 8)
  }

  @Test(arguments: [
    ("step_time_s", "0", "a: step_time_s '0' is not a time above zero"),
    ("year", "MMXX", "a: year 'MMXX' is not a whole number of at least 1"),
    ("gpus_per_node", "-8", "a: gpus_per_node '-8' is not a whole number of at least 1"),
    ("scope", "epoch", "a: scope 'epoch' is not modelled; known: full_step, fwd, fwd+bwd"),
  ])
  func `what a column cannot hold is refused by name`(column: String, cell: String, reason: String) {
    #expect(throws: StepMeasurement.Refusal.self) { try sample([column: cell]) }
    do { _ = try sample([column: cell]) } catch { #expect("\(error)" == reason) }
  }

  @Test(arguments: StepSample.sources.sorted())
  func `a source that constants were fitted to has halves, of the identity alone and about as large`(
    source: String
  ) throws {
    let halves = try (0..<400).map { try sample(["id": "\(source)-\($0)", "group": source]).half }
    #expect(!halves.contains(nil))
    #expect((150...250).contains(halves.count { $0 == .fitted }))
    let other = try (0..<400).map {
      try sample(["id": "\(source)-\($0)", "group": source, "step_time_s": "9", "year": ""]).half
    }
    #expect(other == halves)
  }

  @Test(arguments: ["", "mine", "vtrain", "VTRAIN_SINGLE", "vtrain_single "])
  func `rows of other sources are in no half`(source: String) throws {
    for index in 0..<20 { #expect(try sample(["id": "vtrain_single-\(index)", "group": source]).half == nil) }
  }

  @Test func `a sweep is one model on one machine`() throws {
    let sweep = try sample().sweep
    #expect(try sample(["global_batch": "64", "tp": "2"]).sweep == sweep)
    for change in [["n_gpus": "8"], ["gpu": "H100"], ["model": "other"], ["seq_len": "2048"], ["group": "other"]] {
      #expect(try sample(change).sweep != sweep)
    }
  }
}
