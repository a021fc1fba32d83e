import Cluster
import Configuration
import Foundation
import GPUModel
import Mesh
import NetworkModel
import Planning
import Quantities
import Testing
import Timing
import Training

/// `ORRERY_ESTIMATE_SWEEP=1` makes it 10,000 layouts; `ORRERY_ESTIMATE_SEED` another seed.
@Suite("Random runs are estimated, or refused with the key")
struct RandomEstimateTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let wanted = environment["ORRERY_ESTIMATE_SWEEP"] == nil ? 300 : 10_000
  private static let seed = environment["ORRERY_ESTIMATE_SEED"].flatMap { UInt64($0) } ?? 20_261_121

  @Test("Valid ones have sane figures, others an error that names a key")
  func everyRun() throws {
    print("random estimates: seed \(Self.seed)")
    let constants = try Constants.builtIn()
    var (draw, valid, refused) = (Draw(state: Self.seed), 0, 0)
    // Settings that nobody accepts would be drawn for ever.
    while valid < Self.wanted, refused < 40 * Self.wanted {
      let settings = draw.settings()
      let configuration: RunConfiguration
      do { configuration = try Self.run(settings) } catch {
        refused += 1
        for own in error.errors {
          #expect(own.key != nil && !own.reason.isEmpty, "\(own) of \(settings)")
        }
        continue
      }
      valid += 1
      try check(configuration, on: try draw.cluster(of: configuration.mesh.count), constants, settings)
    }
    #expect(valid == Self.wanted, "\(valid) valid ones")
    #expect(refused > Self.wanted / 10, "\(refused) refusals")
  }

  private static func run(_ settings: [String]) throws(ConfigurationErrors) -> RunConfiguration {
    let run = try RunConfiguration.parse(
      "model:\n  model_type: gpt2\ndata: none\n", file: "random.yaml", overrides: settings)
    return try run.resolved(world: run.worldSize ?? 1)
  }

  private func check(
    _ run: RunConfiguration, on cluster: ClusterDescription, _ constants: Constants, _ settings: [String]
  ) throws {
    let scenario = Scenario(plan: TrainingPlan(run), mesh: run.mesh, cluster: cluster)
    let estimate: ClusterEstimate
    do { estimate = try ClusterEstimate(scenario, constants) } catch let error as GPUError {
      // Old GPUs have no bf16, and say so.
      #expect(error.description.contains(cluster.gpu.name), "\(error) of \(settings)")
      return
    }
    let context: Comment = "\(settings) on \(cluster.name)"
    #expect(estimate.seconds > 0 && estimate.seconds.isFinite, context)
    #expect(estimate.mfu > 0 && estimate.mfu <= 1 && estimate.hfu <= 1, context)
    #expect(estimate.joules > 0 && estimate.joules.isFinite, context)
    #expect(estimate.step.criticalPath.total == estimate.step.makespan, context)
    for breakdown in estimate.step.breakdowns {
      #expect(breakdown.parts == breakdown.makespan, context)
      #expect(breakdown.compute <= breakdown.makespan, context)
    }
    for memory in estimate.memory {
      #expect(memory.memory.peakTotal > .zero && memory.lines.allSatisfy { $0.bytes >= .zero }, context)
    }
    let fitsHost = (estimate.verdict.host?.used ?? .zero) <= cluster.host.memory
    let fitsGPU = estimate.memory.map(\.total).max()! <= cluster.gpu.memory
    #expect(estimate.verdict.fits == (fitsGPU && fitsHost), context)
  }
}

/// A linear congruential generator of settings; some of them do not fit together.
private struct Draw {
  var state: UInt64

  private mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
  private mutating func one<T>(of values: [T]) -> T { values[next(values.count)] }

  mutating func settings() -> [String] {
    let (tensor, pipeline) = (one(of: [1, 1, 2, 4, 8]), one(of: [1, 1, 2, 3, 4, 8]))
    let data = one(of: [1, 2, 3, 4, 8, 16].filter { $0 * tensor * pipeline <= 512 })
    let heads = one(of: [4, 6, 8, 16])
    var settings = [
      "parallelism.tp=\(tensor)", "parallelism.pp=\(pipeline)", "parallelism.dp=\(data)",
      "parallelism.sequence_parallel=\(next(2) == 0)", "zero_optimization.stage=\(next(4))",
      "zero_optimization.profile=\(one(of: ["paper", "deepspeed"]))", "micro_batch_size=\(1 + next(3))",
      "gradient_accumulation_steps=\(one(of: [1, 2, 4, 8, 16, 24]))",
      "sequence_length=\(one(of: [128, 512, 1000, 2048]))",
      "precision=\(one(of: ["bf16", "bf16", "fp16", "fp32"]))",
      "activation_checkpointing.mode=\(one(of: ["none", "selective", "full"]))",
      "model.vocab_size=\(1000 + next(50_000))",
    ]
    if pipeline > 1 {
      let schedule = one(of: ["gpipe", "1f1b", "interleaved", "looped-bfs", "zb-h1", "zb-v", "dualpipev"])
      settings.append("pipeline.schedule=\(schedule)")
    }
    if next(8) == 0 { settings.append("zero_optimization.offload_optimizer.device=cpu") }
    if data.isMultiple(of: 2), next(4) == 0 { settings.append("parallelism.dp_shard=\(data / 2)") }
    settings += model(heads)
    return settings
  }

  private mutating func model(_ heads: Int) -> [String] {
    let (layers, size) = (one(of: [2, 4, 8, 12, 16, 24]), one(of: [32, 64, 128]))
    return [
      "model.n_embd=\(heads * size)", "model.n_head=\(heads)", "model.n_layer=\(layers)", "model.n_positions=2048",
      "model.tie_word_embeddings=\(next(2) == 0)",
    ]
  }

  mutating func cluster(of gpus: Int) throws -> ClusterDescription {
    let several = [
      "dgx-a100-80", "hgx-h100", "hgx-h200", "dgx-1v", "v100-cloud", "ethernet-cluster", "gb200-nvl72", "t4-cloud",
    ]
    return try ClusterDescription.builtIn(named: one(of: several)).holding(gpus: gpus)
  }
}
