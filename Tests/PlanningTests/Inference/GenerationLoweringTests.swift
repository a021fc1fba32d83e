import GPUModel
import Model
import Planning
import Program
import Quantities
import Testing

private let lowerings: [Lowering] = Lowering.Fusion.allCases.flatMap { fusion in
  [Lowering.AttentionChoice.flash, .unfused].map { Lowering(fusion, attention: $0) }
}

@Suite struct GenerationLoweringTests {
  private func kernels(
    _ lowering: Lowering, _ architecture: Architecture, new: Int, past: Int, sequences: Int
  ) throws -> [LoweredKernel] {
    let pass = try GenerationProgram(architecture, .bfloat16).pass(new: new, past: past)
    return GenerationLowering(lowering, sequences: sequences).kernels(of: pass.trace)
  }

  @Test(arguments: lowerings, KnownModels.small)
  func `n sequences are n times the arithmetic, in as many kernels`(lowering: Lowering, architecture: Architecture)
    throws
  {
    for (new, past) in [(64, 0), (1, 63)] {
      let one = try kernels(lowering, architecture, new: new, past: past, sequences: 1)
      for sequences in [2, 7] {
        let many = try kernels(lowering, architecture, new: new, past: past, sequences: sequences)
        #expect(many.map(\.name) == one.map(\.name))
        #expect(zip(one, many).allSatisfy { $0.flops * sequences == $1.flops }, "\(new) new")
      }
    }
  }

  /// Of `GPUModel`'s own lowering, but for what attention over a cache becomes.
  @Test(arguments: lowerings, KnownModels.small)
  func `one sequence is lowered as every trace is`(lowering: Lowering, architecture: Architecture) throws {
    let pass = try GenerationProgram(architecture, .bfloat16).pass(new: 33, past: 0)
    let usual = pass.trace.runs.flatMap { lowering.kernels($0.operations) }
    let own = GenerationLowering(lowering, sequences: 1).kernels(of: pass.trace)
    #expect(own.map(\.name) == usual.map(\.name) && own.map(\.hostOperations) == usual.map(\.hostOperations))
    for (own, usual) in zip(own, usual) where own.name != "cached-attention" { #expect(own.kernel == usual.kernel) }
  }

  @Test(arguments: KnownModels.small, [1, 5])
  func `a token's attention reads the cache once, whatever shares its heads`(
    architecture: Architecture, sequences: Int
  ) throws {
    let size = try KeyValueCacheSize(architecture, .bfloat16, block: 1)
    let passes = try kernels(Lowering(.fused), architecture, new: 1, past: 199, sequences: sequences)
      .filter { $0.name == "decode-attention" }
    #expect(passes.count == architecture.layers)
    let read = passes.reduce(.zero) { $0 + $1.traffic.read } - size.bytes(tokens: 200, sequences: sequences)
    // Beside it, queries, keys and values of the new tokens.
    let width = (architecture.heads + 2 * architecture.keyValueHeads) * architecture.headSize
    #expect(read == ByteCount(architecture.layers * sequences * width, of: .bfloat16))
  }

  @Test func `long contexts are cut into parts, whose results are combined`() throws {
    let llama = KnownModels.llama3of8B
    let short = try kernels(Lowering(.fused), llama, new: 1, past: 400, sequences: 1)
    let long = try kernels(Lowering(.fused), llama, new: 1, past: 4000, sequences: 1)
    #expect(!short.contains { $0.name == "combine-attention" })
    let combined = long.filter { $0.name == "combine-attention" }.reduce(ByteCount.zero) { $0 + $1.traffic.total }
    let cache = try KeyValueCacheSize(llama, .bfloat16, block: 1).bytes(tokens: 4001)
    #expect(combined > .zero && Double(combined.value) < 0.04 * Double(cache.value))
  }
}
