import Collectives
import Execution
import Model
import Program
import Quantities
import Testing
import Training

/// What the papers say that parameters, gradients and optimizer state take, asked of our own program.
@Suite struct KnownNumbersStatesTests {
  /// The 7.5B, 128B and 1T of the paper, as GPTs of about so many parameters.
  private static let models: [(name: String, billions: Double, model: GPT2Configuration)] = [
    ("7.5B", 7.5, KnownNumbers.gpt(layers: 36, hidden: 4096, heads: 32)),
    ("128B", 128, KnownNumbers.gpt(layers: 70, hidden: 12_288, heads: 96)),
    ("1T", 1000, KnownNumbers.gpt(layers: 127, hidden: 25_600, heads: 160)),
  ]

  /// GB of a rank, stage 1 to 3, for 1, 4, 16, 64, 256 and 1024 of them.
  private static let table: [String: [[Double]]] = [
    "7.5B": [
      [120, 52.5, 35.6, 31.4, 30.4, 30.1], [120, 41.3, 21.6, 16.6, 15.4, 15.1], [120, 30, 7.5, 1.88, 0.47, 0.12],
    ],
    "128B": [[2048, 896, 608, 536, 518, 513], [2048, 704, 368, 284, 263, 257], [2048, 512, 128, 32, 8, 2]],
    "1T": [
      [16000, 7000, 4750, 4187, 4046, 4011], [16000, 5500, 2875, 2218, 2054, 2013],
      [16000, 4000, 1000, 250, 62.5, 15.6],
    ],
  ]

  /// The paper cuts figures off or rounds them: by the last digit that it prints.
  private func lastDigit(_ value: Double) -> Double { value < 2 ? 0.01 : value < 100 ? 0.1 : 1 }

  @Test(arguments: ["7.5B", "128B", "1T"])
  func `ZeRO's table 1: model states of a rank for every model, stage and number of ranks`(name: String) throws {
    let entry = Self.models.first { $0.name == name }!
    let count = Double(entry.model.parameterCount)
    #expect(abs(count / 1e9 / entry.billions - 1) < 0.02)
    for (stage, row) in Self.table[name]!.enumerated() {
      for (power, quoted) in row.enumerated() {
        var run = KnownNumbers(entry.model)
        (run.zeroStage, run.data) = (stage + 1, 1 << (2 * power))
        let states = try run.states().values.reduce(0, +)
        let scaled = Double(states) / count * entry.billions
        #expect(abs(scaled - quoted) <= lastDigit(quoted), "stage \(stage + 1), \(run.data) ranks")
      }
    }
  }

  @Test func `without ZeRO 16 bytes a parameter on every rank: 120 GB for 7.5 billion`() throws {
    var run = KnownNumbers(Self.models[0].model)
    run.data = 64
    let states = try run.states().values.reduce(0, +)
    #expect(states == 16 * Self.models[0].model.parameterCount)
  }

  private static let billion = KnownNumbers.gpt(layers: 20, hidden: 2048, heads: 16)

  @Test func `a billion parameters, 16 bits, Adam: 2 GB weights, 12 GB with gradients and moments, 16 GB with masters`()
    throws
  {
    let (count, states) = (Self.billion.parameterCount, try KnownNumbers(Self.billion).states())
    #expect(abs(Double(count) / 1e9 - 1) < 0.15)
    let masters = 4 * count
    #expect(states[.parameters] == 2 * count)
    #expect(states.values.reduce(0, +) - masters == 12 * count)
    #expect(states.values.reduce(0, +) == 16 * count)
  }

  @Test func `in fp32 weights, gradients and two moments take 16 bytes a parameter, without masters`() throws {
    var run = KnownNumbers(Self.billion)
    run.precision = PrecisionPlan(.float32)
    let (count, states) = (Self.billion.parameterCount, try run.states())
    #expect(states == [.parameters: 4 * count, .gradients: 4 * count, .optimizer: 8 * count])
  }

  @Test func `fp32 gradients of 16-bit weights make it 18 bytes, as Megatron-LM's`() throws {
    var run = KnownNumbers(Self.billion)
    run.precision = PrecisionPlan(.bfloat16)
    #expect(try run.states().values.reduce(0, +) == 18 * Self.billion.parameterCount)
  }

  @Test(arguments: [2, 8, 64])
  func `an all-reduce of K bytes over N ranks sends 2(N − 1) / N · K from each`(ranks: Int) throws {
    var run = KnownNumbers(Self.billion)
    run.data = ranks
    let lines = try run.step().ledger.communication.filter {
      $0.key.kind == .collective(.allReduce) && $0.value.payload.value > 1 << 20
    }
    let (payload, sent) = lines.values.reduce((0, 0)) { ($0.0 + $1.payload.value, $0.1 + $1.sent.value) }
    let quoted = 2 * Double(ranks - 1) / Double(ranks) * Double(payload)
    #expect(payload >= 2 * Self.billion.parameterCount)
    // Chunks differ by a value at most, in each round of each call.
    let calls = lines.values.reduce(0) { $0 + $1.calls }
    #expect(abs(Double(sent) - quoted) <= Double(2 * ranks * 2 * calls))
  }
}
