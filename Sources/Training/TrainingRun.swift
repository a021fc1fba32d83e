package import Checkpoint
package import Corpus
import Execution
import Foundation
import Mesh
import Model
import Program
package import Quantities

/// The loop around the step: data in, events out, evaluations and checkpoints in between. The same on every rank; only the rank that
/// is told to writes checkpoints. Every step is held against the program on shapes alone.
package final class TrainingRun {
  package struct Options: Sendable {
    package var steps: Int
    /// Steps between evaluations and between checkpoints; 0 for one at the end alone.
    package var evaluationInterval, checkpointInterval: Int
    /// Global batches of one evaluation; 0 for none.
    package var evaluationBatches: Int
    package var store: CheckpointStore?

    package init(
      steps: Int, evaluationInterval: Int, evaluationBatches: Int, checkpointInterval: Int, store: CheckpointStore?
    ) {
      (self.steps, self.evaluationInterval) = (steps, evaluationInterval)
      (self.evaluationBatches, self.checkpointInterval, self.store) = (evaluationBatches, checkpointInterval, store)
    }
  }

  /// What is measured outside the program: where the ledger's figures are held against those of allocator and transport.
  package struct Witness {
    package var highWater: () -> ByteCount
    package var transportBytes: () -> ByteCount
    package var controlBytes: () -> ByteCount
    /// Told that a step begins: for clocks.
    package var stepBegins: () -> Void

    package init(
      highWater: @escaping () -> ByteCount, transportBytes: @escaping () -> ByteCount,
      controlBytes: @escaping () -> ByteCount, stepBegins: @escaping () -> Void = {}
    ) {
      (self.highWater, self.transportBytes) = (highWater, transportBytes)
      (self.controlBytes, self.stepBegins) = (controlBytes, stepBegins)
    }
  }

  private let trainer: Trainer
  private let dataset: Dataset
  private let options: Options
  private let witness: Witness
  private let sampler: BatchSampler
  /// All ranks' cores together, in matrix products.
  private let peak: ComputeRate
  private let check: ProgramCheck
  /// Of every step that is the program's; nil where nothing is simulated.
  private let simulated: SimulatedClock?
  /// Writes what a checkpoint holds beside the trainer's own files; nil on ranks that write none.
  private let extras: ((inout CheckpointWriter) throws -> Void)?

  package init(
    _ trainer: Trainer, _ dataset: Dataset, _ options: Options, witness: Witness, peak: ComputeRate,
    check: ProgramCheck, simulated: SimulatedClock?, extras: ((inout CheckpointWriter) throws -> Void)?
  ) throws {
    (self.trainer, self.dataset, self.options, self.witness) = (trainer, dataset, options, witness)
    (self.peak, self.check, self.simulated, self.extras) = (peak, check, simulated, extras)
    sampler = try dataset.sampler(
      .training, order: .random(seed: trainer.plan.seed), sequenceLength: trainer.plan.sequence)
  }

  /// Trains to the last step.
  ///
  /// - Errors: `ProgramMismatch` where a step is not the one that was predicted; what data, peers and files do.
  package func run(_ observe: (RunEvent) throws -> Void) throws {
    let (first, began) = (trainer.stepCount, now())
    var (stepBytes, transportBytes) = (ByteCount.zero, ByteCount.zero)
    while trainer.stepCount < options.steps {
      let before = witness.transportBytes()
      witness.stepBegins()
      let report = try step(first: first, began: began, observe)
      transportBytes = witness.transportBytes() - before
      stepBytes = trainer.executor.ledger.sentBytes
      try check.compare(trainer.executor.trace, step: trainer.stepCount)
      try observe(.step(report))
      if isDue(options.evaluationInterval) { try evaluate(observe) }
      if isDue(options.checkpointInterval) { try save(observe) }
    }
    try observe(.ended(totals(first, now() - began, stepBytes, transportBytes)))
  }

  private func now() -> Double { ProcessInfo.processInfo.systemUptime }

  /// Whether something happens after the step just done.
  private func isDue(_ interval: Int) -> Bool {
    trainer.stepCount == options.steps || (interval > 0 && trainer.stepCount.isMultiple(of: interval))
  }

  private func step(first: Int, began: Double, _ observe: (RunEvent) throws -> Void) throws -> StepReport {
    let start = now()
    let batches = trainer.microBatches(step: trainer.stepCount, sampler, dataset.training)
    let result = try trainer.step(batches)
    let seconds = now() - start
    if result.overflowed { try observe(.note(overflowNote(result))) }
    let (done, left) = (trainer.stepCount - first, options.steps - trainer.stepCount)
    let flops = trainer.tokensPerStep * trainer.layout.model.modelFLOPs(sequence: trainer.plan.sequence)
    let rate = FLOPCount(flops) / seconds
    return StepReport(
      step: trainer.stepCount, loss: result.loss!, gradientNorm: result.gradientNorm!,
      learningRate: result.learningRate, seconds: seconds, tokens: trainer.tokensPerStep, rate: rate,
      utilization: rate / peak, remaining: (now() - began) / Double(done) * Double(left),
      simulated: simulated)
  }

  private func overflowNote(_ result: StepResult) -> String {
    "step \(trainer.stepCount): a gradient overflowed at a loss scale of \(Int(result.lossScale ?? 1)), nothing was updated; "
      + "the scale is \(Int(trainer.scaler?.scale ?? 1)) now"
  }

  private func evaluate(_ observe: (RunEvent) throws -> Void) throws {
    guard options.evaluationBatches > 0 else { return }
    let start = now()
    let training = try loss(of: .training)
    let validation = try loss(of: .validation)
    try observe(
      .evaluated(
        EvaluationReport(
          step: trainer.stepCount, trainingLoss: training, validationLoss: validation, seconds: now() - start)))
  }

  private func loss(of split: Dataset.Split) throws -> Double {
    let sampler = try dataset.sampler(split, order: .sequential, sequenceLength: trainer.plan.sequence)
    let plan = EvaluationPlan(batches: options.evaluationBatches, sampler: sampler, source: dataset[split])
    return try trainer.evaluate(plan)!
  }

  private func save(_ observe: (RunEvent) throws -> Void) throws {
    guard let store = options.store else { return }
    guard let extras else { return try trainer.contribute() }
    let checkpoint = try store.save(step: trainer.stepCount) { writer in
      try trainer.write(into: &writer)
      try extras(&writer)
    }
    try observe(.saved(step: trainer.stepCount, path: checkpoint.url.path(percentEncoded: false)))
  }

  private func totals(
    _ first: Int, _ seconds: Double, _ bytes: ByteCount, _ transportBytes: ByteCount
  ) -> RunTotals {
    let (ledger, steps) = (trainer.executor.ledger, options.steps - first)
    return RunTotals(
      steps: steps, seconds: seconds, tokens: steps * trainer.tokensPerStep, peakMemory: ledger.peakTotal,
      allocatorHighWater: witness.highWater(), bytesPerStep: bytes, transportBytesPerStep: transportBytes,
      memoryByCategory: ledger.heldByName, bytesByRoute: ledger.sentByName, controlBytes: witness.controlBytes(),
      predicted: PredictedBytes(check.program.ledger))
  }
}
