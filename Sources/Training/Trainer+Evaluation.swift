package import Corpus
import Execution
import Mesh
import Model
import PipelineSchedules
import Program
import Quantities

/// Which samples an evaluation reads: as many global batches, one after the other, from the first token on.
package struct EvaluationPlan: Sendable {
  package var batches: Int
  package var sampler: BatchSampler
  package var source: TokenSource

  package init(batches: Int, sampler: BatchSampler, source: TokenSource) {
    (self.batches, self.sampler, self.source) = (batches, sampler, source)
  }
}

extension Trainer {
  /// The same collectives on other books.
  func communicator(on executor: Executor) -> Communicator {
    Communicator(mesh: layout.mesh, rank: layout.rank, executor: executor, allReduce: plan.allReduce)
  }

  /// The mean loss over an evaluation's tokens, nothing dropped; nil where there are only shapes.
  ///
  /// A program of its own with its own books: what a pass saves is let go at once, and micro-batches run through the stages one after
  /// the other. Communicates activations between stages, and one value over the world.
  package func evaluate(_ evaluation: EvaluationPlan) throws -> Double? {
    let books = Executor(device: executor.device)
    let communicator = communicator(on: books)
    let totals = StepTotals(layout, books, communicator)
    let count = evaluation.batches * plan.accumulation
    let losses = books.allocate([count], .float64, .workspace)
    if !layout.holdsLast { books.launch(.fill(count: count, value: 0, .float64), writing: [losses.view]) }
    for index in 0..<count {
      let batch = microBatch(samples(microBatch: index), 0, evaluation.sampler, evaluation.source)
      try evaluate(batch, losses.view[index..<index + 1], books, communicator)
    }
    try totals.gatherLosses(losses.view)
    _ = consume losses
    let tokens = count * plan.microBatch * plan.sequence * layout.mesh.size(.data)
    return books.values(totals.loss.view).map { $0[0] / Double(tokens) }
  }

  private func evaluate(
    _ batch: MicroBatch, _ loss: TensorView, _ books: Executor, _ communicator: Communicator
  ) throws {
    let ids = books.allocate([batch.inputs.count], .int32, .inputs)
    let targets = books.allocate([batch.targets.count], .int32, .inputs)
    books.write(batch.inputs, to: ids.view)
    books.write(batch.targets, to: targets.view)
    let pass = pass(batch, key: nil, on: books, communicator)
    let operands = Stage.Batch(ids: ids.view, targets: targets.view, loss: loss, scale: loss)
    var local: Tensor?
    for stage in layout.ownStages.sorted() {
      let input = try local.take() ?? receive(before: stage, pass, books, communicator)
      let output = try layout.stages[stage].evaluate(input, operands, parameters, pass)
      guard let output else { continue }
      let next = layout.schedule.rank(of: stage + 1)
      if next == layout.pipelineRank {
        local = consume output
      } else {
        let message = try communicator.send(
          output.view, to: layout.globalRank(pipelineRank: next), tag: stage, in: .pipeline)
        try communicator.complete(message)
      }
    }
    // What the stages read by their views lives until here.
    _ = consume ids
    _ = consume targets
  }

  private func receive(
    before stage: Int, _ pass: Pass, _ books: Executor, _ communicator: Communicator
  ) throws -> Tensor? {
    guard stage > 0 else { return nil }
    let x = books.allocate([pass.heldRows.count, layout.model.architecture.hidden], pass.type, .activations)
    let source = layout.globalRank(pipelineRank: layout.schedule.rank(of: stage - 1))
    let message = try communicator.receive(x.view, from: source, tag: stage - 1, in: .pipeline)
    try communicator.complete(message, on: .compute)
    return x
  }

  /// The samples of this rank's `index`-th micro-batch, counted over steps: ranks take turns, micro-batch by micro-batch.
  package func samples(microBatch index: Int) -> Range<Int> {
    let (ranks, place) = (layout.mesh.size(.data), layout.mesh.coordinate(of: layout.rank, along: .data))
    let first = (index * ranks + place) * plan.microBatch
    return first..<first + plan.microBatch
  }

  /// This rank's part of a step's global batch.
  package func microBatches(step: Int, _ sampler: BatchSampler, _ source: TokenSource) -> [MicroBatch] {
    (0..<plan.accumulation).map { index in
      microBatch(samples(microBatch: step * plan.accumulation + index), step, sampler, source)
    }
  }

  private func microBatch(
    _ samples: Range<Int>, _ step: Int, _ sampler: BatchSampler, _ source: TokenSource
  ) -> MicroBatch {
    let tokens = sampler.batch(samples, from: source)
    return MicroBatch(
      inputs: tokens.inputs, targets: tokens.targets, firstSample: samples.lowerBound - step * globalBatch)
  }
}
