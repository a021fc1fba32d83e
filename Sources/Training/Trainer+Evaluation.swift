package import Corpus
import Execution
import Mesh
import Model
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
  /// The mean loss over an evaluation's tokens, nothing dropped; nil where there are only shapes.
  ///
  /// A program of its own with its own books: what a pass saves is let go at once. Communicates one value along the data axis.
  package func evaluate(_ evaluation: EvaluationPlan) throws -> Double? {
    let books = Executor(device: executor.device)
    let communicator = communicator(on: books)
    let batches = evaluation.batches * plan.accumulation
    let losses = books.allocate([batches], .float64, .workspace)
    let total = books.allocate([1], .float64, .workspace)
    for batch in 0..<batches {
      let samples = samples(microBatch: batch)
      evaluate(evaluation.sampler.batch(samples, from: evaluation.source), losses.view[batch..<batch + 1], books)
    }
    books.launch(.sum(count: batches, .float64), reading: [losses.view], writing: [total.view])
    try communicator.allReduce(total.view, along: .data, on: .compute)
    let tokens = batches * plan.microBatch * plan.sequence * communicator.size(.data)
    return books.values(total.view).map { $0[0] / Double(tokens) }
  }

  private func evaluate(_ batch: TokenBatch, _ loss: TensorView, _ books: Executor) {
    let ids = books.allocate([batch.inputs.count], .int32, .inputs)
    let targets = books.allocate([batch.targets.count], .int32, .inputs)
    books.write(batch.inputs, to: ids.view)
    books.write(batch.targets, to: targets.view)
    let pass = Pass(
      executor: books, type: plan.type, batch: plan.microBatch, sequence: plan.sequence, randomKey: nil)
    plan.model.evaluate(ids: ids.view, targets: targets.view, loss: loss, parameters, pass)
  }

  /// The samples of this rank's `index`-th micro-batch, counted over steps: ranks take turns, micro-batch by micro-batch.
  package func samples(microBatch index: Int) -> Range<Int> {
    let first = (index * communicator.size(.data) + communicator.coordinate(.data)) * plan.microBatch
    return first..<first + plan.microBatch
  }

  /// This rank's part of a step's global batch.
  package func microBatches(step: Int, _ sampler: BatchSampler, _ source: TokenSource) -> [MicroBatch] {
    (0..<plan.accumulation).map { index in
      let samples = samples(microBatch: step * plan.accumulation + index)
      let tokens = sampler.batch(samples, from: source)
      let globalBatch = plan.microBatch * plan.accumulation * communicator.size(.data)
      return MicroBatch(
        inputs: tokens.inputs, targets: tokens.targets, firstSample: samples.lowerBound - step * globalBatch)
    }
  }
}
