import ArgumentParser
import Cluster
import Foundation
import Mesh
import Model
import PipelineSchedules
import Planning
import Program
import Quantities
import Reporting
import Timing
import Training

/// How long an estimate takes: a search asks for thousands.
struct EstimatesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimates",
    abstract: "Time of whole estimates, from a plan to its figures: median of runs with spread, and what it is made of."
  )

  @Option(help: "Runs.") var runs = 7

  func validate() throws {
    guard runs > 0 else { throw ValidationError("--runs \(runs): must be at least 1.") }
  }

  func run() throws {
    let start = ContinuousClock.now
    let constants = try Constants.builtIn()
    print("constants: \(text([seconds(since: start)]))")
    for subject in [Self.gpt3, Self.llama3] { try measure(try subject(), constants) }
    try measureTrace(constants)
    try measureRing()
  }

  private struct Subject {
    var name: String
    var plan: TrainingPlan
    var mesh: Mesh
  }

  private func measure(_ subject: Subject, _ constants: Constants) throws {
    var (clusters, programs, all, rates): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    var last: ClusterEstimate?
    for _ in 0..<runs {
      var start = ContinuousClock.now
      let cluster = try ClusterDescription.hgxH100(gpus: subject.mesh.count)
      clusters.append(seconds(since: start))
      start = .now
      _ = RankProgram.pipeline(subject.plan, mesh: subject.mesh)
      programs.append(seconds(since: start))
      start = .now
      last = try ClusterEstimate(Scenario(plan: subject.plan, mesh: subject.mesh, cluster: cluster), constants)
      all.append(seconds(since: start))
      rates.append(Double(last!.step.events) / (all.last! - programs.last!))
    }
    let (step, events) = (last!.step, rates.sorted()[runs / 2] / 1e6)
    print(
      """
      \(subject.name): step \(step.makespan), MFU \(percent(last!.mfu)), \(last!.verdict)
        estimate \(text(all)), of which programs \(text(programs)); cluster file \(text(clusters))
        \(grouped(step.events)) events, \(fixed(events, decimals: 1)) million a second with everything but the programs
      """)
  }

  /// The trace of 175B, tp 8, pp 8, with 64 micro-batches.
  private func measureTrace(_ constants: Constants) throws {
    let subject = try Self.gpt3(microBatches: 64)
    let cluster = try ClusterDescription.hgxH100(gpus: subject.mesh.count)
    let file = FileManager.default.temporaryDirectory.appending(path: "orrery-estimates-\(getpid()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    var times: [Double] = []
    for _ in 0..<runs {
      let start = ContinuousClock.now
      let scenario = Scenario(plan: subject.plan, mesh: subject.mesh, cluster: cluster)
      let estimate = try ClusterEstimate(scenario, constants, records: true)
      try ChromeTrace([(.simulated, estimate.step.timeline!)]).write(to: file.path(percentEncoded: false))
      times.append(seconds(since: start))
    }
    print("trace of \(subject.name), 64 micro-batches, simulated and written: \(text(times))")
  }

  func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  func text(_ times: [Double]) -> String {
    let sorted = times.sorted().map { fixed($0 * 1e3, decimals: 1) }
    return "\(sorted[sorted.count / 2]) ms" + (sorted.count > 1 ? " (\(sorted[0]) to \(sorted.last!))" : "")
  }
}

extension EstimatesBench {
  private static func gpt3() throws -> Subject { try gpt3(microBatches: 96) }

  /// Narayanan et al. 2021's shape on 1,024 GPUs: 1,536 sequences are 96 micro-batches of one on 16 replicas.
  private static func gpt3(microBatches: Int) throws -> Subject {
    let model = GPT2Configuration(vocabularySize: 51_200, positions: 2048, hidden: 12_288, layers: 96, heads: 96)
    let schedule = try PipelineSchedule.make(.oneForwardOneBackward, ranks: 8, microBatches: microBatches)
    return Subject(
      name: "GPT-3 175B on 1,024 GPUs",
      plan: plan(.gpt2(model), sequence: 2048, microBatches, PipelinePlan(schedule), .selective),
      mesh: Mesh([.pipeline: 8, .tensor: 8, .data: 16]))
  }

  private static func llama3() throws -> Subject {
    let model = LlamaConfiguration(
      vocabularySize: 128_256, positions: 8192, hidden: 16_384, intermediate: 53_248, layers: 126, heads: 128,
      keyValueHeads: 8)
    let schedule = try PipelineSchedule.make(.interleaved, ranks: 16, microBatches: 128, chunks: 4)
    return Subject(
      name: "LLaMA-3 405B on 16,384 GPUs",
      plan: plan(.llama(model), sequence: 8192, 128, PipelinePlan(schedule), .none),
      mesh: Mesh([.pipeline: 16, .tensor: 8, .data: 128]))
  }

  private static func plan(
    _ model: ModelConfiguration, sequence: Int, _ microBatches: Int, _ pipeline: PipelinePlan,
    _ recomputation: Recomputation
  ) -> TrainingPlan {
    TrainingPlan(
      model: model, sequence: sequence, microBatch: 1, accumulation: microBatches,
      optimizer: .adamw(weightDecay: 0.1), schedule: LearningRateSchedule(peak: 1e-4),
      precision: PrecisionPlan(.bfloat16), zero: ZeROPlan(stage: 1), pipeline: pipeline, recomputation: recomputation,
      isSequenceParallel: true)
  }
}
