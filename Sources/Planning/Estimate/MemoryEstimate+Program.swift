import Cluster
import Execution
import Mesh
import Model
import Program
import Quantities
import Training

extension MemoryEstimate {
  /// What a rank of a pipeline holds at its peak, and what a GPU adds.
  init(_ scenario: Scenario, _ program: RankProgram) {
    let (mesh, gpu) = (scenario.mesh, scenario.cluster.gpu)
    let stages = mesh.size(.pipeline)
    let memory = RankMemory(
      label: stages > 1 ? "pipeline rank \(program.layout.pipelineRank)" : "every rank", ranks: mesh.count / stages,
      scenario.plan, program)
    let groups = [mesh.size(.tensor), mesh.size(.data), stages > 1 ? 2 : 1, mesh.count]
    self.init(
      memory,
      overhead: GPUOverhead([
        GPUOverhead.context(gpu.generation),
        GPUOverhead.matrixLibraries(gpu.capability, isDeterministic: false, usesTransformerEngine: false),
        GPUOverhead.communicators(groups, channels: GPUOverhead.channels(gpu)),
        GPUOverhead.gaps(memory.peakTotal),
      ]))
  }
}

extension RankMemory {
  /// The memory of a class by the program of one of its ranks, with embeddings and logits by name.
  init(label: String, ranks: Int, _ plan: TrainingPlan, _ program: RankProgram) {
    let layout = program.layout
    let rows = plan.microBatch * plan.sequence
    let vocabulary = layout.model.partition.part(of: layout.model.architecture.vocabulary).count
    let logits = ByteCount(layout.holdsLast ? rows * vocabulary : 0, of: plan.precision.type)
    let live = logits > .zero ? program.trace.liveActivations(of: logits, atPeakOf: program.peakItem) : 0
    let parts = [
      Part("embeddings", of: .parameters, RankMemory.tables(layout, plan)),
      Part("logits", of: .activations, logits * live),
    ]
    self.init(
      label: label, ranks: ranks, atPeak: program.ledger.atPeak, moment: program.trace.moment(of: program.peakItem),
      parts: parts.filter { $0.bytes > .zero },
      offloaded: OffloadedPeak(program.trace, standing: program.standing.live[.offloaded] ?? .zero))
  }
}

extension FoldedTrace {
  /// When in the step an item comes.
  func moment(of item: Int?) -> StepMoment {
    guard let item else { return StepMoment(phase: "") }
    var passage: Passage?
    for case .passage(let next) in items[...item] { passage = next }
    guard case .segment(let index) = items[item] else { return StepMoment(phase: "", passage: passage) }
    var phase = segments[index].phase
    for case .phase(let name) in segments[index].nodes { phase = name }
    return StepMoment(phase: phase, passage: passage)
  }

  /// Activations of one size that are live when the segment `item` holds the most.
  fileprivate func liveActivations(of size: ByteCount, atPeakOf item: Int?) -> Int {
    guard let item, case .segment(let peak) = items[item] else { return 0 }
    let changes = segments.map { $0.nodes.reduce(0) { $0 + $1.change(of: size) } }
    var live = 0
    for case .segment(let index) in items[..<item] { live += changes[index] }
    var (held, most, atMost) = (0, 0, live)
    for node in segments[peak].nodes {
      live += node.change(of: size)
      held += node.held
      if held > most { (most, atMost) = (held, live) }
    }
    return atMost
  }
}

extension Trace.Node {
  /// Activations of a size that it adds.
  fileprivate func change(of size: ByteCount) -> Int {
    switch self {
    case .allocate(size, .activations): 1
    case .free(size, .activations): -1
    default: 0
    }
  }

  /// Bytes on the device that it adds.
  fileprivate var held: Int {
    switch self {
    case .allocate(let bytes, let category): category.isOnDevice ? bytes.value : 0
    case .free(let bytes, let category): category.isOnDevice ? -bytes.value : 0
    default: 0
    }
  }
}

extension LayoutChoices {
  init(_ scenario: Scenario) {
    let (plan, mesh) = (scenario.plan, scenario.mesh)
    let architecture = plan.model.architecture
    self.init(
      data: mesh.shardSize, tensor: mesh.size(.tensor), pipeline: mesh.size(.pipeline), layers: architecture.layers,
      heads: architecture.heads, zeroStage: plan.zero.stage, microBatch: plan.microBatch,
      recomputation: plan.recomputation, isSequenceParallel: plan.isSequenceParallel,
      offloadsOptimizer: plan.zero.offloadsOptimizer)
    let cluster = scenario.cluster
    mostTensor = cluster.gpusPerNode * cluster.nodeFabric.nodesPerDomain
    hostShare = ByteCount(cluster.host.memory.value / min(cluster.gpusPerNode, mesh.count))
  }
}

extension Scenario {
  /// Whether every rank fits, and if not, what would help.
  func verdict(_ memory: [MemoryEstimate], _ programs: [RankProgram]) -> MemoryVerdict {
    var choices = LayoutChoices(self)
    let fullest = zip(memory, programs).max { $0.0.total < $1.0.total }!
    // Another layout is traced only where it is needed.
    if fullest.0.total > cluster.gpu.memory { choices.recomputable = recomputable(fullest.1) }
    let host = HostMemory(
      memory.map(\.memory), mesh, gpusPerNode: cluster.gpusPerNode, capacity: cluster.host.memory)
    return MemoryVerdict(memory, capacity: cluster.gpu.memory, layout: choices, host: host)
  }

  /// Activations at the peak of a rank that it would not hold if every layer were computed again.
  private func recomputable(_ program: RankProgram) -> ByteCount? {
    if case .full = plan.recomputation { return nil }
    var frugal = plan
    frugal.recomputation = .full(every: 1)
    let other = RankProgram(frugal, mesh: mesh, rank: program.rank)
    let held = { (ledger: Ledger) in ledger.atPeak[.activations] ?? .zero }
    return max(.zero, held(program.ledger) - held(other.ledger))
  }
}
