import Quantities
import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import ArgumentParser
import Cluster
import GPUModel
import NetworkModel
import Quantities
import Timing
import Foundation
import Training

struct EstimatesBench: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "estimates", abstract: "How long predictions of whole clusters take.")
  func run() throws { try speed() }

  func speed() throws {
    func go(_ name: String, _ plan: TrainingPlan, _ mesh: Mesh) throws {
      for _ in 0..<2 {
      let a = Date()
      _ = CommunicationPlan(plan.pipeline.schedule)
      let b = Date()
      var items = 0, segs = 0, nodes = 0
      let programs = RankProgram.pipeline(plan, mesh: mesh)
      for p in programs {
        items += p.trace.items.count
        segs += p.trace.segments.count
        nodes += p.trace.segments.reduce(0) { $0 + $1.nodes.count }
        if p.rank == 0 { print(p.isRehearsed, p.ledger.peakTotal) }
      }
      let c = Date()
      let cluster = try ClusterDescription.hgxH100(gpus: mesh.count)
      let c1 = Date()
      let calibration = try Calibration.builtIn()
      let pricing = ClusterPricing(cluster, try TracePricing(cluster.gpu, Lowering(.fused), calibration), try CommunicationModel(cluster, NetworkConstants.builtIn()))
      let d = Date()
      var sim = try StepSimulation(programs.map { RankTrack(label: "stage \($0.layout.pipelineRank)", rank: $0.rank, count: mesh.count / mesh.size(.pipeline), trace: $0.trace, programClass: $0.programClass, standing: $0.standing.live) }, pricing)
      let e = Date()
      let step = try sim.run()
      let f = Date()
      print("cluster", c1.timeIntervalSince(c) * 1e3, "pricing", d.timeIntervalSince(c1) * 1e3, "scores", e.timeIntervalSince(d) * 1e3, "run", f.timeIntervalSince(e) * 1e3)
      print(step.makespan)
      for b in [step.breakdowns.first!, step.breakdowns.last!] {
        print("busy", b.busy.map { "\($0.key): \($0.value)" }.sorted())
        print("exposed", b.exposed.map { "\($0.key): \($0.value)" }.sorted(), "all", b.communication.map { "\($0.key): \($0.value)" }.sorted())
        print("warm", b.warmUp, "drain", b.drain, "dep", b.dependencyWait, "transfer", b.transferWait, "peers", b.peers, "launch", b.launching, "parts", b.parts, b.makespan)
      }
      print("critical", Activity.allCases.map { "\($0): \(step.criticalPath[$0])" }, step.criticalPath.total)
      print(name, "comm plan", b.timeIntervalSince(a) * 1e3, "ms; programs", Date().timeIntervalSince(b) * 1e3, "ms", items, segs, nodes)
      }
    }
    let gpt3 = GPT2Configuration(vocabularySize: 51200, positions: 2048, hidden: 12288, layers: 96, heads: 96)
    let rate = LearningRateSchedule(peak: 1e-4)
    let a0 = Date()
    let s1 = try PipelineSchedule.make(.oneForwardOneBackward, ranks: 8, microBatches: 96)
    print("schedule", Date().timeIntervalSince(a0) * 1e3)
    try go("gpt3", TrainingPlan(model: .gpt2(gpt3), sequence: 2048, microBatch: 1, accumulation: 96, optimizer: .adamw(weightDecay: 0.1), schedule: rate, precision: PrecisionPlan(.bfloat16), zero: ZeROPlan(stage: 1), pipeline: PipelinePlan(s1), recomputation: .selective, isSequenceParallel: true), Mesh([.pipeline: 8, .tensor: 8, .data: 16]))
    let llama = LlamaConfiguration(vocabularySize: 128256, positions: 8192, hidden: 16384, intermediate: 53248, layers: 126, heads: 128, keyValueHeads: 8)
    let a1 = Date()
    let s2 = try PipelineSchedule.make(.interleaved, ranks: 16, microBatches: 128, chunks: 4)
    print("schedule", Date().timeIntervalSince(a1) * 1e3)
    try go("llama", TrainingPlan(model: .llama(llama), sequence: 8192, microBatch: 1, accumulation: 128, optimizer: .adamw(weightDecay: 0.1), schedule: rate, precision: PrecisionPlan(.bfloat16), zero: ZeROPlan(stage: 1), pipeline: PipelinePlan(s2), recomputation: .none, isSequenceParallel: true), Mesh([.pipeline: 16, .tensor: 8, .data: 128]))
  }
}

