import Execution
import Model
import Planning
import Program
import Quantities
import Testing
import Training

@Suite struct KeyValueCacheSizeTests {
  @Test(arguments: KnownModels.small, [ScalarType.float32, .bfloat16, .float16])
  func `cache and weights are those on the program's books`(architecture: Architecture, type: ScalarType) throws {
    let program = GenerationProgram(architecture, type)
    let size = try KeyValueCacheSize(architecture, type, block: 1)
    for (new, past) in [(1, 0), (17, 0), (1, 16), (5, 100), (300, 0), (1, 299)] {
      let pass = try program.pass(new: new, past: past)
      #expect(pass.cache == size.bytes(tokens: new + past) && pass.parameters == program.weights)
      #expect(pass.activations > .zero)
    }
    #expect(program.weights == ByteCount(Transformer(architecture).parameterCount, of: type))
  }

  @Test(arguments: KnownModels.small) func `every sequence has a cache of its own`(architecture: Architecture) throws {
    let parameters = WholeParameters(architecture, .bfloat16, device: NullDevice())
    let pass = Pass(executor: parameters.executor, type: .bfloat16, batch: 1, sequence: 1, randomKey: nil)
    let size = try KeyValueCacheSize(architecture, .bfloat16, block: 1)
    let first = parameters.model.makeCache(capacity: 100, pass)
    let second = parameters.model.makeCache(capacity: 100, pass)
    let live = parameters.executor.ledger.live[.keyValueCache]
    #expect(live == size.bytes(tokens: 100, sequences: 2))
    #expect(first.capacity == second.capacity)
  }

  @Test(arguments: [1, 16, 256]) func `blocks round every sequence up, by less than a block`(block: Int) throws {
    let size = try KeyValueCacheSize(KnownModels.llama3of8B, .bfloat16, block: block)
    for tokens in [1, 15, 16, 17, 255, 256, 1000, 2048] {
      for sequences in [1, 3, 64] {
        let (bytes, bare) = (size.bytes(tokens: tokens, sequences: sequences), size.perToken * (tokens * sequences))
        #expect(bytes >= bare && bytes - bare < size.perToken * (block * sequences))
        #expect(bytes.value.isMultiple(of: size.perToken.value * block * sequences))
        #expect(bytes == size.bytes(tokens: tokens) * sequences)
      }
    }
    #expect(throws: EstimateError.self) { try KeyValueCacheSize(KnownModels.llama3of8B, .bfloat16, block: 0) }
  }

  /// LLaMA-2's and LLaMA 3's own model cards: 6.74e9 and 70.6e9 parameters.
  @Test func `public sizes come out`() throws {
    let seven = GenerationProgram(KnownModels.llama2of7B, .float16)
    #expect(seven.weights.value == 2 * 6_738_415_616)
    #expect(try KeyValueCacheSize(KnownModels.llama2of7B, .float16, block: 16).perToken == ByteCount(512 << 10))
    let seventy = GenerationProgram(KnownModels.llama3of70B, .bfloat16)
    #expect(seventy.weights.value == 2 * 70_553_706_496)
    #expect(try KeyValueCacheSize(KnownModels.llama3of70B, .bfloat16, block: 16).perToken == ByteCount(320 << 10))
  }

  @Test(arguments: KnownModels.small) func `16-bit values take half of fp32's bytes`(architecture: Architecture) throws
  {
    let wide = try GenerationProgram(architecture, .float32).pass(new: 9, past: 30)
    for type in [ScalarType.float16, .bfloat16] {
      let pass = try GenerationProgram(architecture, type).pass(new: 9, past: 30)
      #expect(pass.cache * 2 == wide.cache && pass.parameters * 2 == wide.parameters)
    }
  }
}
