import ArgumentParser
import Collectives
import Corpus
import Execution
import Foundation
import Host
import Kernels
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities
import Training
import Transport

/// One rank of a measured training run; `orrery-bench train` starts it under mpirun.
struct TrainRank: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train-rank", shouldDisplay: false)

  @Option var model: BenchModel
  @Option var mode = BenchMode.ddp
  @Option var precision = ScalarType.float32
  @Option var microBatches: Int?
  @Option var schedule = ScheduleName.zeroBubbleH1
  @Option var steps = 12
  @Option var warmup = 3
  @Option var seconds = 0.0
  @Flag(help: "Print where each step's time goes, by kind of operation, to standard error.") var profile = false

  func run() throws {
    setMatmulThreads(1)
    let transport = try MPITransport(deadline: 600)
    let device = try HostDevice(transport: transport)
    let plan = try mode.plan(
      model, ranks: transport.size, microBatches: microBatches, schedule: schedule, precision: precision)
    let timed = TimedDevice(device)
    let trainer = Trainer(
      plan, device: profile ? timed : device, mesh: mode.mesh(ranks: transport.size), rank: transport.rank)
    trainer.initialize()
    let times = try measure(trainer, transport)
    if transport.rank == 0 {
      try report(times, trainer, transport.size)
      if profile { profileReport(timed, trainer, device) }
    }
    try transport.finish()
  }

  private func profileReport(_ timed: TimedDevice, _ trainer: Trainer, _ device: HostDevice) {
    let ledger = trainer.executor.ledger
    let memory = ledger.atPeak.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }
    let text = """
      \(timed.table(steps: trainer.stepCount))
      memory: \(ledger.peakTotal) at the ledger's peak (\(memory.joined(separator: ", "))), \
      \(device.highWater) in the allocator, \(fixed(peakResidentMiB(), decimals: 0)) MiB resident

      """
    FileHandle.standardError.write(Data(text.utf8))
  }

  private func measure(_ trainer: Trainer, _ transport: MPITransport) throws -> (seconds: [Double], losses: [Double]) {
    let source = TokenSource.synthetic(
      SyntheticTokens(vocabularySize: model.configuration.vocabularySize, count: 1 << 40))
    let sampler = BatchSampler(order: .sequential, sequenceLength: model.sequence, count: source.count)
    var (times, losses): ([Double], [Double]) = ([], [])
    let began = ProcessInfo.processInfo.systemUptime
    for step in 0..<Int.max {
      try transport.barrier()
      let start = ProcessInfo.processInfo.systemUptime
      losses.append(try trainer.step(trainer.microBatches(step: step, sampler, source)).loss!)
      let now = ProcessInfo.processInfo.systemUptime
      if step >= warmup { times.append(now - start) }
      var done = times.count >= steps && now - began >= seconds
      if seconds > 0 { done = try agree(done, trainer, transport) }
      if done { break }
    }
    return (times, losses)
  }

  /// All ranks stop together: one byte from rank 0.
  private func agree(_ done: Bool, _ trainer: Trainer, _ transport: MPITransport) throws -> Bool {
    let flag = trainer.executor.allocate([1], .int32, .workspace)
    let answer = [Int32(done ? 1 : 0)]
    trainer.executor.write(answer, to: flag.view)
    let transfer = Transfer(
      .broadcast, scope: .world, algorithm: .schedule(.tree), group: Array(0..<transport.size),
      position: transport.rank, count: 1, type: .int32)
    try trainer.executor.communicate(transfer, flag.view, on: .compute)
    return trainer.executor.values(flag.view)![0] == 1
  }

  private func report(
    _ times: (seconds: [Double], losses: [Double]), _ trainer: Trainer, _ ranks: Int
  ) throws {
    let median = times.seconds.sorted()[times.seconds.count / 2]
    let flops = Double(trainer.tokensPerStep) * Double(trainer.layout.model.modelFLOPs(sequence: model.sequence))
    let result = TrainMeasurement(
      model: model.rawValue, mode: mode.rawValue, ranks: ranks, stepMilliseconds: median * 1e3,
      tokensPerSecond: Double(trainer.tokensPerStep) / median, gflops: flops / median / 1e9,
      residentMiB: peakResidentMiB(), firstLoss: times.losses[0], lastLoss: times.losses.last!,
      steps: times.seconds.count)
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
  }
}

/// The line that one measured run prints, under the names that `bench/torch_ddp.py` uses.
struct TrainMeasurement: Codable {
  var model, mode: String
  var ranks: Int
  var stepMilliseconds, tokensPerSecond, gflops, residentMiB: Double
  var firstLoss, lastLoss: Double
  var steps: Int

  enum CodingKeys: String, CodingKey {
    case model, mode, gflops, steps
    case ranks = "nproc"
    case stepMilliseconds = "step_ms"
    case tokensPerSecond = "tok_s"
    case residentMiB = "rss_max_mb"
    case firstLoss = "loss0"
    case lastLoss = "loss_last"
  }
}

/// The most memory this process ever had resident, from the kernel's own account.
func peakResidentMiB() -> Double {
  let handle = FileHandle(forReadingAtPath: "/proc/self/status")
  let text = String(decoding: (try? handle?.readToEnd()) ?? Data(), as: UTF8.self)
  let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 / 1024 } ?? 0
}
