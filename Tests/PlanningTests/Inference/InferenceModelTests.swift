import Cluster
import GPUModel
import Model
import Planning
import Quantities
import Testing

private let lowerings: [Lowering] = Lowering.Fusion.allCases.flatMap { fusion in
  [Lowering.AttentionChoice.flash, .unfused].map { Lowering(fusion, attention: $0) }
}

@Suite struct InferenceModelTests {
  private static let large = [KnownModels.llama2of7B, KnownModels.llama3of8B, KnownModels.gpt2XL]

  private func estimate(
    _ model: InferenceModel, prompt: Int = 512, context: Int = 1024, batch: Int = 1
  ) throws -> InferenceEstimate {
    try model.estimate(model.serving(prompt: prompt, context: context), batch: batch)
  }

  @Test(arguments: lowerings, ["H100 SXM", "A100 SXM 80GB"])
  func `no token comes faster than weights and caches from memory`(lowering: Lowering, gpu: String) throws {
    for architecture in Self.large {
      let model = try KnownModels.model(architecture, on: gpu, lowering: lowering)
      for batch in [1, 8, 64] {
        let token = try estimate(model, batch: batch)
        let bytes = model.weightsRead + model.cacheSize.perToken * (1024 * batch)
        let least = (bytes / model.gpu.memoryBandwidth).seconds
        #expect(token.timePerOutputToken >= least, "batch \(batch): \(token.timePerOutputToken) < \(least)")
        #expect(token.decodeBandwidthShare <= 1 && token.decodeBandwidthShare > 0.02)
      }
    }
  }

  /// One matrix of this model stays in L2 from launch to launch; all of them together do not.
  @Test(arguments: ["H100 SXM", "RTX 4090", "L40S", "B200"], [1, 16])
  func `weights come from memory for every token, though each matrix would stay in cache alone`(
    gpu: String, batch: Int
  ) throws {
    let narrow = LlamaConfiguration(
      vocabularySize: 32_000, positions: 1024, hidden: 2048, intermediate: 4096, layers: 40, heads: 16)
    let model = try KnownModels.model(narrow.architecture, on: gpu)
    let calibration = try Calibration.builtIn()
    let products: MatmulConstants = try calibration.constants(KernelFamily.matmulTensor.rawValue, for: model.gpu)
    let streams: StreamingConstants = try calibration.constants(KernelFamily.elementwise.rawValue, for: model.gpu)
    let cache = model.cacheSize.perToken * (1024 * batch)
    // Packed queries, keys and values, their projection, and two products of the perceptron in each layer; the logits.
    let launches = 161 * products.launch + 40 * streams.launch
    let least =
      launches + (model.weightsRead / model.gpu.memoryBandwidth).seconds / products.memoryEfficiency
      + (cache / model.gpu.memoryBandwidth).seconds / streams.memoryEfficiency
    let token = try estimate(model, batch: batch).timePerOutputToken
    // Gains of norms are small enough to be left in cache.
    #expect(token > 0.999 * least && token < 3 * least)
  }

  @Test(arguments: lowerings, ["H100 SXM", "A100 SXM 80GB"])
  func `no prompt is read faster than the peak`(lowering: Lowering, gpu: String) throws {
    for architecture in Self.large {
      let model = try KnownModels.model(architecture, on: gpu, lowering: lowering)
      for batch in [1, 16] {
        let share = try estimate(model, batch: batch).prefillUtilization
        #expect(share > 0 && share <= 1)
      }
    }
  }

  @Test(arguments: ["H100 SXM", "A100 SXM 80GB"])
  func `one sequence decodes at the speed of memory, many prompts at that of arithmetic`(gpu: String) throws {
    let model = try KnownModels.model(KnownModels.llama2of7B, on: gpu)
    let one = try estimate(model, prompt: 128, context: 256)
    #expect(one.decode.limiter == .dram && one.decodeBandwidthShare > 0.6)
    let many = try estimate(model, prompt: 2048, context: 2049, batch: 16)
    #expect(many.prefillUtilization > 0.5)
    #expect([KernelTime.Limiter.tensorCores, .power].contains(many.prefill.limiter))
  }

  /// gpt-fast's README (2024): LLaMA-2 7B in bf16, one sequence after a prompt of 5 tokens, on an A100 of 80 GB held to 330 W.
  @Test func `LLaMA-2 7B on an A100 is as fast as gpt-fast measured it, within a fifth`() throws {
    let model = try KnownModels.model(KnownModels.llama2of7B, on: "A100 SXM 80GB")
    let token = try estimate(model, prompt: 5, context: 105)
    #expect(token.timePerOutputToken > 6.4e-3)
    #expect(abs(token.tokensPerSecond / 104.9 - 1) < 0.2, "\(token.tokensPerSecond)")
  }

  @Test(arguments: [ScalarType.float16, .bfloat16]) func `both 16-bit types take the same bytes and half of fp32's`(
    type: ScalarType
  ) throws {
    let wide = try KnownModels.model(KnownModels.gpt2XL, .float32, lowering: Lowering(.compiled, attention: .unfused))
    let narrow = try KnownModels.model(KnownModels.gpt2XL, type, lowering: Lowering(.compiled, attention: .unfused))
    #expect(narrow.weights * 2 == wide.weights && narrow.cacheSize.perToken * 2 == wide.cacheSize.perToken)
    let (slow, fast) = (try estimate(wide), try estimate(narrow))
    #expect(fast.timePerOutputToken < slow.timePerOutputToken && fast.timeToFirstToken < slow.timeToFirstToken)
  }

  @Test(arguments: lowerings) func `more sequences and longer ones never take less time or memory`(
    lowering: Lowering
  ) throws {
    let model = try KnownModels.model(KnownModels.llama3of8B, lowering: lowering)
    // Tiles and splits change with the size, so a kernel may gain a little where another begins.
    let slack = 0.97
    var last: InferenceEstimate?
    for batch in [1, 2, 4, 8, 16, 32, 64, 128] {
      let next = try estimate(model, batch: batch)
      if let last {
        #expect(next.timePerOutputToken >= slack * last.timePerOutputToken, "\(batch)")
        #expect(next.timeToFirstToken >= slack * last.timeToFirstToken && next.memory.total > last.memory.total)
      }
      last = next
    }
    last = nil
    for context in [513, 1024, 2048, 4096, 8192] {
      let next = try estimate(model, context: context, batch: 32)
      if let last {
        #expect(next.timePerOutputToken >= slack * last.timePerOutputToken && next.memory.cache > last.memory.cache)
        #expect(next.timeToFirstToken == last.timeToFirstToken)
      }
      last = next
    }
  }

  @Test(arguments: ["H100 SXM", "A100 SXM 80GB"]) func `together, sequences make more tokens than apart`(gpu: String)
    throws
  {
    let model = try KnownModels.model(KnownModels.llama3of8B, on: gpu)
    var last = 0.0
    for batch in [1, 4, 16, 64] {
      let rate = try estimate(model, batch: batch).tokensPerSecond
      #expect(rate > 1.5 * last)
      last = rate
    }
  }

  @Test func `the largest batch fits, and one more does not`() throws {
    for (architecture, context) in [
      (KnownModels.llama2of7B, 2048), (KnownModels.llama3of8B, 2048), (KnownModels.llama3of8B, 8192),
      (KnownModels.gpt2XL, 512),
    ] {
      for (block, share) in [(1, 0.9), (16, 0.9), (256, 0.5)] {
        let model = try KnownModels.model(architecture, block: block, share: share)
        let shape = try model.serving(prompt: 256, context: context)
        let most = model.largestBatch(shape)
        #expect(most > 0)
        #expect(model.memory(shape, batch: most).total <= model.room)
        #expect(model.memory(shape, batch: most + 1).total > model.room)
        #expect(try model.estimate(shape, batch: most).fits)
      }
    }
  }

  @Test func `the room is the share of the memory that was asked for`() throws {
    for share in [0.5, 0.9, 1] {
      let model = try KnownModels.model(KnownModels.gpt2XL, share: share)
      #expect(model.room.value == Int(share * Double(80 << 30)))
    }
  }

  @Test func `longer contexts, more key-value heads and larger blocks leave room for fewer sequences`() throws {
    func most(_ architecture: Architecture, _ context: Int, block: Int = 16) throws -> Int {
      let model = try KnownModels.model(architecture, block: block)
      return model.largestBatch(try model.serving(prompt: 100, context: context))
    }
    #expect(try most(KnownModels.llama3of8B, 1000) > most(KnownModels.llama3of8B, 4000))
    #expect(try most(KnownModels.llama3of8B, 2048) > 3 * most(KnownModels.llama2of7B, 2048))
    #expect(try most(KnownModels.llama3of8B, 1025) > most(KnownModels.llama3of8B, 1025, block: 512))
    // 141 GB of weights do not fit into 80 GB.
    #expect(try most(KnownModels.llama3of70B, 200) == 0)
  }

  @Test func `grouped queries read less of the cache, and decode faster over long contexts`() throws {
    var grouped = KnownModels.llama2of7B
    grouped.keyValueHeads = 8
    let (many, few) = (try KnownModels.model(KnownModels.llama2of7B), try KnownModels.model(grouped))
    let saved = (ByteCount(3 * many.cacheSize.perToken.value / 4) * (32 * 4096) / many.gpu.memoryBandwidth).seconds
    let (slow, fast) = (
      try estimate(many, context: 4096, batch: 32).timePerOutputToken,
      try estimate(few, context: 4096, batch: 32).timePerOutputToken
    )
    #expect(slow - fast > 0.9 * saved)
  }

  @Test func `a slow host shows in tokens, and not where it replays a graph`() throws {
    let slow = HostIssue(secondsPerOperation: 100e-6)
    let eager = try KnownModels.model(KnownModels.gpt2XL, lowering: Lowering(.eager), issue: slow)
    let compiled = try KnownModels.model(KnownModels.gpt2XL, lowering: Lowering(.compiled), issue: slow)
    #expect(try estimate(eager).decode.timeline.isLaunchBound)
    #expect(try !estimate(compiled).decode.timeline.isLaunchBound)
    #expect(try estimate(eager).timePerOutputToken > 3 * estimate(compiled).timePerOutputToken)
  }

  @Test(arguments: Lowering.Fusion.allCases) func `kernels that the host launches lie further apart`(
    fusion: Lowering.Fusion
  ) throws {
    let lowering = Lowering(fusion)
    func token(gap: Double) throws -> Double {
      let issue = HostIssue(secondsPerOperation: 0, gap: gap)
      return try estimate(KnownModels.model(KnownModels.llama3of8B, lowering: lowering, issue: issue))
        .timePerOutputToken
    }
    let pass = try GenerationProgram(KnownModels.llama3of8B, .bfloat16).pass(new: 1, past: 1023)
    let launched = GenerationLowering(lowering, sequences: 1).kernels(of: pass.trace).filter { $0.hostOperations > 0 }
    let (wide, close) = (try token(gap: 5e-6), try token(gap: 0))
    #expect(abs(wide - close - 5e-6 * Double(launched.count)) < 1e-9)
    #expect(launched.isEmpty == (fusion == .compiled))
  }

  @Test func `what cannot be served is refused with the way out`() throws {
    let model = try KnownModels.model(KnownModels.gpt2XL)
    for (prompt, context) in [(0, 5), (10, 10), (10, 9), (10, 1025)] {
      #expect(throws: EstimateError.self) { try model.serving(prompt: prompt, context: context) }
    }
    let shape = try model.serving(prompt: 1, context: 2)
    #expect(throws: EstimateError.self) { try model.estimate(shape, batch: 0) }
    for share in [0, -1, 1.1, .nan] {
      #expect(throws: EstimateError.self) { try KnownModels.model(KnownModels.gpt2XL, share: share) }
    }
    #expect(throws: EstimateError.self) {
      try KnownModels.model(KnownModels.gpt2XL, lowering: Lowering(.fused, attention: .recomputed))
    }
    #expect(throws: GPUError.self) { try KnownModels.model(KnownModels.gpt2XL, .float32) }
    #expect(throws: GPUError.self) {
      try KnownModels.model(KnownModels.gpt2XL, .bfloat16, on: "V100", lowering: Lowering(.fused, attention: .unfused))
    }
  }
}
