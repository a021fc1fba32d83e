import Cluster
import GPUModel
import Program
import Quantities
import Testing

struct TracePricingTests {
  private static let gelu = Operation.activation(.gelu, count: 1 << 20, .bfloat16)
  private static let product = Operation.matmul(MatmulShape(m: 512, n: 512, k: 512), .bfloat16, result: .bfloat16)
  private static let norm = Operation.norm(
    NormShape(rows: 1024, columns: 1024, epsilon: 1e-5, bias: true), .bfloat16)

  private func trace(_ nodes: [Trace.Node]) -> Trace {
    var trace = Trace()
    trace.nodes = nodes
    return trace
  }

  private func pricing(_ fusion: Lowering.Fusion = .fused, issue: HostIssue = HostIssue()) throws -> TracePricing {
    let gpu = try GPUCatalogue.builtIn().gpu(named: "H100 SXM")
    return try TracePricing(gpu, Lowering(fusion), try Calibration.builtIn(), issue: issue)
  }

  @Test func `operations of one stream form a run, across allocations alone`() {
    let bytes = ByteCount(64)
    let runs = trace([
      .operation(Self.gelu, .compute), .allocate(bytes, .activations), .operation(Self.norm, .compute),
      .free(bytes, .activations),
    ]).runs
    #expect(runs.count == 1 && runs[0].operations == [Self.gelu, Self.norm] && runs[0].nodes == 0..<3)
  }

  @Test(arguments: [
    Trace.Node.record(Event(index: 0), .compute), .wait(Event(index: 0), .compute), .phase("backward"),
    .wait(Event(index: 0), .gradients), .operation(product, .gradients), .operation(product, .host),
  ])
  func `what others can see ends a run`(between: Trace.Node) {
    let runs = trace([.operation(Self.gelu, .compute), between, .operation(Self.norm, .compute)]).runs
    let own = runs.filter { $0.stream == .compute }
    #expect(own.map(\.operations) == [[Self.gelu], [Self.norm]])
    #expect(own.map(\.nodes) == [0..<1, 2..<3])
  }

  @Test func `every operation is in one run, in order`() {
    var random = RandomOperations(seed: 3)
    let pool = random.everyCase(.bfloat16, gradient: .float32)
    let nodes = (0..<400).map { index -> Trace.Node in
      switch random.pick(Array(0..<8)) {
      case 0: .phase("forward")
      case 1: .record(Event(index: index), .compute)
      case 2: .operation(random.pick(pool), .gradients)
      default: .operation(random.pick(pool), .compute)
      }
    }
    let runs = trace(nodes).runs
    let operations = nodes.compactMap { node in if case .operation(let operation, _) = node { operation } else { nil } }
    #expect(runs.flatMap(\.operations) == operations)
    #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.nodes.upperBound <= $1.nodes.lowerBound })
  }

  @Test(arguments: Lowering.Fusion.allCases)
  func `kernels are those of the lowering, with the model's times`(fusion: Lowering.Fusion) throws {
    let pricing = try pricing(fusion)
    let kernels = try pricing.kernels(
      of: trace([.phase("forward"), .operation(Self.norm, .compute), .operation(Self.product, .compute)]))
    #expect(kernels.map(\.lowered) == Lowering(fusion).kernels([Self.norm, Self.product]))
    for kernel in kernels {
      let isIssued = kernel.lowered.hostOperations > 0
      #expect(kernel.phase == "forward" && kernel.nodes == 1..<3)
      #expect(kernel.time == (try pricing.model.time(of: kernel.kernel, power: .sustained)))
      #expect(kernel.seconds == kernel.time.seconds + (isIssued ? pricing.issue.gap : 0))
      #expect((kernel.hostSeconds > 0) == isIssued)
    }
    #expect(kernels.map(\.kind) == [.norms, .matmul])
  }

  @Test func `a wait keeps neighbours apart that would merge`() throws {
    let pricing = try pricing(.compiled)
    let pair = [Trace.Node.operation(Self.gelu, .compute), .operation(Self.gelu, .compute)]
    let together = try pricing.kernels(of: trace(pair))
    let apart = try pricing.kernels(of: trace([pair[0], .wait(Event(index: 0), .compute), pair[1]]))
    #expect(together.count == 1 && apart.count == 2)
  }

  @Test func `the host's own operations are no kernels`() throws {
    #expect(try pricing().kernels(of: trace([.operation(Self.gelu, .host)])).isEmpty)
  }

  @Test func `kernels of the last phase are the optimizer's`() throws {
    let kernels = try pricing().kernels(of: trace([.phase("optimizer"), .operation(Self.gelu, .compute)]))
    #expect(kernels.map(\.kind) == [.optimizer])
  }

  @Test func `small steps are launch-bound, and a compiled one is not`() throws {
    let small = Operation.activation(.gelu, count: 256, .bfloat16)
    let nodes = Array(
      repeating: [Trace.Node.operation(small, .compute), .operation(Self.product, .compute)], count: 50)
    let issue = HostIssue(secondsPerOperation: 20e-6)
    let eager = StreamTimeline(try pricing(.eager, issue: issue).kernels(of: trace(nodes.flatMap { $0 })).map(\.launch))
    let compiled = try pricing(.compiled, issue: issue).kernels(of: trace(nodes.flatMap { $0 }))
    #expect(eager.isLaunchBound && eager.idleShare > 0.5)
    #expect(!StreamTimeline(compiled.map(\.launch)).isLaunchBound)
  }

  @Test func `a precision that the GPU lacks is refused`() throws {
    let gpu = try GPUCatalogue.builtIn().gpu(named: "V100 SXM2 16GB")
    let pricing = try TracePricing(gpu, Lowering(.fused), try Calibration.builtIn())
    #expect(throws: GPUError.self) { try pricing.kernels(of: trace([.operation(Self.product, .compute)])) }
  }
}
