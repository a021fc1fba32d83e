/// How the sequences of one optimizer step are cut: over data-parallel ranks, and on each rank over micro-batches.
///
///     global_batch_size = micro_batch_size × gradient_accumulation_steps × dp
package struct BatchPlan: Hashable, Sendable, Codable {
  /// Sequences that one rank computes at once.
  package let microBatchSize: Int
  /// Micro-batches that one rank adds up before a step.
  package let accumulationSteps: Int
  /// Ranks that share a step.
  package let dataParallel: Int

  /// Sequences of one optimizer step.
  package var globalBatchSize: Int { microBatchSize * accumulationSteps * dataParallel }
  /// Sequences of one optimizer step on one rank.
  package var localBatchSize: Int { microBatchSize * accumulationSteps }

  /// Derives what was not given; accumulation is 1 where two are open.
  ///
  /// - Errors: sizes below 1, sizes that disagree or do not divide (with the equation), neither of the two batch sizes.
  package init(
    microBatchSize micro: Int?, globalBatchSize global: Int?, accumulationSteps accumulation: Int?, dataParallel dp: Int
  ) throws(BatchPlanError) {
    try BatchPlan.checkRange(micro, global, accumulation, dp)
    switch (micro, global) {
    case (nil, nil): throw .noSize
    case (let micro?, nil): self.init(micro, accumulation ?? 1, dp)
    case (nil, let global?):
      let factors = [("gradient_accumulation_steps", accumulation ?? 1), ("dp", dp)]
      self.init(try BatchPlan.quotient(of: global, by: factors), accumulation ?? 1, dp)
    case (let micro?, let global?):
      let factors = [("micro_batch_size", micro), ("dp", dp)]
      if let accumulation {
        self.init(micro, accumulation, dp)
        guard globalBatchSize == global else { throw .disagreement(global, self) }
      } else {
        self.init(micro, try BatchPlan.quotient(of: global, by: factors), dp)
      }
    }
  }

  private init(_ micro: Int, _ accumulation: Int, _ dp: Int) {
    (microBatchSize, accumulationSteps, dataParallel) = (micro, accumulation, dp)
  }
}

extension BatchPlan {
  /// Sequences of one step at the most: counts of MPI and BLAS are 32-bit, and products here must not overflow.
  package static let largestBatch = Int(Int32.max)

  private static func checkRange(_ sizes: Int?...) throws(BatchPlanError) {
    let given = sizes.compactMap { $0 }
    if let size = given.first(where: { $0 < 1 }) { throw .notPositive(size) }
    let micro = sizes[0] ?? 1
    let product = Double(micro) * Double(sizes[2] ?? 1) * Double(sizes[3] ?? 1)
    guard max(product, Double(sizes[1] ?? 1)) <= Double(largestBatch) else { throw .tooLarge }
  }

  private static func quotient(of global: Int, by factors: [(String, Int)]) throws(BatchPlanError) -> Int {
    let divisor = factors.reduce(1) { $0 * $1.1 }
    guard global.isMultiple(of: divisor) else { throw .remainder(global, factors, divisor) }
    return global / divisor
  }
}

/// A batch that cannot be cut as asked: the equation with its numbers, and a way out.
package struct BatchPlanError: Error, Hashable, Sendable, CustomStringConvertible {
  package var equation: String
  package var hint: String

  package var description: String { "\(equation); \(hint)" }

  fileprivate static let noSize = BatchPlanError(
    equation: "neither micro_batch_size nor global_batch_size is given", hint: "give one of them")
  fileprivate static let tooLarge = BatchPlanError(
    equation: "a batch of more than \(BatchPlan.largestBatch) sequences", hint: "use smaller batch sizes")

  fileprivate static func notPositive(_ size: Int) -> BatchPlanError {
    BatchPlanError(equation: "a batch size of \(size)", hint: "every batch size is at least 1")
  }

  fileprivate static func disagreement(_ global: Int, _ plan: BatchPlan) -> BatchPlanError {
    let product =
      "micro_batch_size \(plan.microBatchSize) × gradient_accumulation_steps \(plan.accumulationSteps)"
      + " × dp \(plan.dataParallel) = \(plan.globalBatchSize)"
    return BatchPlanError(
      equation: "global_batch_size \(global) ≠ \(product)",
      hint: "set global_batch_size \(plan.globalBatchSize), or leave one of the three sizes out")
  }

  fileprivate static func remainder(_ global: Int, _ factors: [(String, Int)], _ divisor: Int) -> BatchPlanError {
    let product = factors.map { "\($0.0) \($0.1)" }.joined(separator: " × ")
    let below = global - global % divisor
    let fitting = [below, below + divisor].filter { $0 > 0 }.map(String.init).joined(separator: " or ")
    return BatchPlanError(
      equation:
        "global_batch_size \(global) does not divide by \(product) = \(divisor) (remainder \(global % divisor))",
      hint: "use a global_batch_size of \(fitting)")
  }
}
