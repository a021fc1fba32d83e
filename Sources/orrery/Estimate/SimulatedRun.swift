import Cluster
import Configuration
import GPUModel
import Model
import Planning
import Program
import Quantities
import Timing
import Training

/// A run on its cluster, with nothing left open: world, vocabulary, precision, kernels.
struct SimulatedRun {
  let configuration: RunConfiguration
  let scenario: Scenario
  /// Choices that were made for the user, as sentences.
  private(set) var notes: [String]

  /// - Errors: what does not fit the world or the cluster, or is too large for exact counts.
  init(_ loaded: RunConfiguration, _ options: SimulationOptions) throws {
    let cluster = try SimulatedCluster(loaded, options)
    configuration = try loaded.resolved(world: cluster.ranks).withKnownVocabulary()
    try configuration.checkSimulation(world: cluster.ranks)
    let plan = TrainingPlan(simulating: configuration)
    try Self.checkSize(plan, configuration)
    try Self.requireProducts(plan.precision.type, cluster.description.gpu)
    let attention = try Self.attention(configuration.simulation, cluster.description.gpu, plan.precision.type)
    let kernels = Lowering.Fusion(configuration.simulation.kernels)
    var scenario = Scenario(
      plan: plan, mesh: configuration.mesh, cluster: cluster.description,
      lowering: Lowering(kernels, attention: attention, optimizer: kernels == .eager ? .foreach : .fused))
    scenario.slowGPUs = configuration.simulation.slowGPUs.map { .init(rank: $0.rank, factor: $0.factor) }
    scenario.slowLinks = configuration.simulation.slowLinks.map(SlowLink.init)
    self.scenario = scenario
    notes = [cluster.note, Self.note(on: attention, configuration)].compactMap(\.self)
  }

  /// Says which slow links make no difference.
  mutating func note(idle links: [SlowLink]) {
    notes += links.map {
      "the slow \($0.part.rawValue) of rank \($0.rank) changes nothing: this layout sends nothing over it on \(scenario.cluster.name)"
    }
  }

  /// - Errors: a precision in which the GPU multiplies no matrices, with one that it has.
  private static func requireProducts(_ type: ScalarType, _ gpu: GPU) throws {
    do { _ = try gpu.peak(MathPrecision(type) ?? .fp32) } catch {
      let other = [MathPrecision.bf16, .fp16].first { gpu.matmulRates[$0] != nil } ?? .fp32
      throw Failure(
        code: .data,
        text: "\(error); add simulation.precision=\(other.rawValue) to the command line, or name another cluster"
      ).error
    }
  }

  /// - Errors: `GPUError` where flash attention was asked for and the GPU has none.
  private static func attention(
    _ settings: SimulationSettings, _ gpu: GPU, _ type: ScalarType
  ) throws -> Lowering.AttentionChoice {
    let precision = MathPrecision(type) ?? .fp32
    switch settings.attention {
    case .unfused: return .unfused
    case .auto: return (try? gpu.requireFlashAttention(precision)) == nil ? .unfused : .flash
    case .flash:
      do { try gpu.requireFlashAttention(precision) } catch {
        throw Failure(
          code: .data, text: "simulation.attention flash: \(error); choose simulation.attention=unfused"
        ).error
      }
      return .flash
    }
  }

  private static func note(on attention: Lowering.AttentionChoice, _ run: RunConfiguration) -> String? {
    guard attention == .unfused else { return nil }
    let reason =
      run.simulation.attention == .auto ? "no FlashAttention runs on this GPU in this precision: " : ""
    return "\(reason)attention is unfused; the memory account leaves out the probabilities that it keeps"
  }
}

extension TrainingPlan {
  /// The plan in the precision of the simulation.
  fileprivate init(simulating configuration: RunConfiguration) {
    self.init(configuration)
    let type = configuration.simulation.precision
    guard type != precision.type else { return }
    precision = PrecisionPlan(type, lossScaling: type == .float16 ? LossScaling() : nil)
  }
}

extension Lowering.Fusion {
  init(_ kernels: SimulationSettings.Kernels) {
    switch kernels {
    case .eager: self = .eager
    case .fused: self = .fused
    case .compiled: self = .compiled
    }
  }
}

extension SlowLink {
  fileprivate init(_ link: SimulationSettings.SlowLink) {
    let part: Part =
      switch link.part {
      case .network: .network
      case .nvlink: .nvlink
      case .pcie: .pcie
      }
    self.init(part, rank: link.rank, factor: link.factor)
  }
}
