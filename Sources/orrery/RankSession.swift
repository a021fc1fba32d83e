import Checkpoint
import Configuration
import Corpus
import Foundation
import Host
import Mesh
import Model
import Quantities
import Reporting
import Timing
import Training
import Transport

/// One rank of a training run, from its first byte to its last.
struct RankSession {
  let preparation: Preparation
  let start: StartOptions
  let transport: any Transport
  let transportName: String

  var isFirst: Bool { transport.rank == 0 }

  /// This process is one rank of an MPI world. An error here ends every rank of the world.
  static func runProcess(_ preparation: Preparation, _ start: StartOptions) throws {
    let transport = try MPITransport(
      deadline: preparation.configuration.communication.timeout, describe: preparation.mesh.describe)
    let session = RankSession(preparation: preparation, start: start, transport: transport, transportName: "MPI")
    do {
      try session.run()
      try transport.finish()
    } catch {
      let failure = Failure(error) ?? Failure(code: .software, text: "\(error)")
      if failure.code == .data { failure.waitForFirst(transport.rank) }
      failure.said(by: preparation.mesh.describe(transport.rank)).print()
      MPITransport.abort(code: failure.code.rawValue)
    }
  }

  /// All ranks are threads of this process.
  static func runThreads(_ preparation: Preparation, _ start: StartOptions) throws {
    let (mesh, timeout) = (preparation.mesh, preparation.configuration.communication.timeout)
    _ = try ThreadTransport.run(ranks: mesh.count, deadline: timeout, describe: mesh.describe) { transport in
      do {
        try RankSession(preparation: preparation, start: start, transport: transport, transportName: "threads").run()
      } catch let error as TransportError {
        throw error
      } catch {
        let failure = Failure(error) ?? Failure(code: .software, text: "\(error)")
        throw failure.said(by: mesh.describe(transport.rank)).error
      }
    }
  }

  func run() throws {
    if isFirst { try preparation.checkFiles(start) }
    let plan = TrainingPlan(preparation.configuration)
    let check = ProgramCheck(plan, mesh: preparation.mesh, rank: transport.rank)
    let (clock, problem) = isFirst ? try preparation.clusterClock(records: start.trace != nil) : (nil, nil)
    if isFirst { try preparation.clearStore(start) }
    let device = try HostDevice(transport: transport)
    let recorder = start.trace.map { _ in RecordingDevice(device, capacity: check.expected.readings) }
    let trainer = Trainer(plan, device: recorder ?? device, mesh: preparation.mesh, rank: transport.rank)
    let watchers = try Watchers(preparation.configuration, start, active: isFirst)
    try begin(trainer, watchers)
    try train(trainer, check, clock, unsimulated: problem, witness(device, recorder), watchers)
    if let clock { try watchers.conclude(clock.report(besides: plan.precision.type)) }
    if let recorder { try writeTrace(recorder, trainer, check, clock, watchers) }
    try sample(trainer, device)
  }

  private func train(
    _ trainer: Trainer, _ check: ProgramCheck, _ clock: ClusterClock?, unsimulated: String?,
    _ witness: TrainingRun.Witness, _ watchers: Watchers
  ) throws {
    let rate = try measureMatmulRate(preparation.configuration.precision.type.accumulation)
    let cores = min(preparation.mesh.count, ProcessInfo.processInfo.activeProcessorCount)
    var beginning = summary(trainer, rate, cores)
    (beginning.simulated, beginning.unsimulated) = (clock?.summary, unsimulated)
    try watchers.observe(.began(beginning))
    let run = try TrainingRun(
      trainer, preparation.dataset, options, witness: witness,
      peak: ComputeRate(rate.flopsPerSecond * Double(cores)), check: check, simulated: clock?.step,
      extras: isFirst ? writeExtras : nil)
    try run.run(watchers.observe)
  }

  /// First values, or those of a checkpoint.
  private func begin(_ trainer: Trainer, _ watchers: Watchers) throws {
    trainer.initialize()
    if let path = start.initFrom {
      try trainer.load(try ModelFolder(opening: URL(filePath: path)))
    }
    guard start.resume, let store = preparation.store else { return }
    let (checkpoint, rejected) = try store.latestValid()
    for damaged in rejected { try watchers.observe(.note("passed over a damaged checkpoint, \(damaged)")) }
    try trainer.resume(from: checkpoint)
    guard trainer.stepCount < preparation.configuration.steps else {
      throw CheckpointError(
        checkpoint.url, "has done \(trainer.stepCount) steps, the run asks for \(preparation.configuration.steps)",
        hint: "Raise training.steps to go on.")
    }
    try watchers.observe(.note("resumed from step \(trainer.stepCount), \(checkpoint.url.path(percentEncoded: false))"))
  }

  private var options: TrainingRun.Options {
    let configuration = preparation.configuration
    return TrainingRun.Options(
      steps: configuration.steps, evaluationInterval: configuration.evaluation.interval,
      evaluationBatches: configuration.evaluation.iterations, checkpointInterval: configuration.checkpoint.interval,
      store: preparation.store)
  }

  private func witness(_ device: HostDevice, _ recorder: RecordingDevice?) -> TrainingRun.Witness {
    TrainingRun.Witness(
      highWater: { device.highWater },
      transportBytes: { ByteCount(transport.counters.bytes + transport.counters.libraryBytes) },
      controlBytes: { ByteCount(transport.counters.control.bytes) }, stepBegins: { recorder?.beginStep() })
  }

  private func writeExtras(_ writer: inout CheckpointWriter) throws {
    try writer.writeData("run.json", Data(preparation.configuration.canonicalJSON.utf8))
    if let tokenizer = preparation.dataset.tokenizer { try writer.writeJSON("tokenizer.json", tokenizer) }
  }

  private func summary(_ trainer: Trainer, _ rate: ComputeRate, _ cores: Int) -> RunSummary {
    let (configuration, batch) = (preparation.configuration, preparation.configuration.batch)
    return RunSummary(
      layout: "\(preparation.mesh)", ranks: preparation.mesh.count, transport: transportName,
      parameters: trainer.layout.model.parameterCount, vocabulary: configuration.model.vocabularySize,
      trainingTokens: preparation.dataset.training.count, validationTokens: preparation.dataset.validation.count,
      globalBatch: batch.globalBatchSize, microBatch: batch.microBatchSize, accumulation: batch.accumulationSteps,
      sequence: configuration.sequenceLength, firstStep: trainer.stepCount, steps: configuration.steps,
      tokensPerStep: trainer.tokensPerStep, precision: configuration.precision.type, matmulRate: rate, cores: cores)
  }

  /// What the model writes now: the first rank collects it from all, and draws.
  private func sample(_ trainer: Trainer, _ device: HostDevice) throws {
    let settings = preparation.configuration.generation
    guard settings.tokens > 0, let tokenizer = preparation.dataset.tokenizer else { return }
    guard isFirst else { return try trainer.collectParameters { _, _ in } }
    let whole = WholeParameters(trainer.plan.model.architecture, trainer.plan.precision.master, device: device)
    try trainer.collectParameters { whole.write($0, $1) }
    let generator = TextGenerator(whole)
    let sampling = Sampling(
      temperature: settings.temperature, topK: settings.topK, seed: preparation.configuration.seed)
    let printer = TokenPrinter(tokenizer)
    let prompt = try tokenizer.prompt(settings.prompt)
    try printer.print("sample after \(trainer.stepCount) steps:\n\n\(settings.prompt)")
    try generator.generate(prompt: prompt, count: settings.tokens, sampling) { try printer.print(token: $0) }
    try printer.finish()
  }
}
