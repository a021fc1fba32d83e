package import Mesh

/// What a verification found.
package struct VerificationReport: Sendable {
  package let mesh: Mesh
  package let budget: Double
  /// Steps that every rank has compared.
  package private(set) var steps = 0
  /// Steps without gradients, because they left fp16's range.
  package private(set) var overflowedSteps = 0
  /// Tensors of the one process that were compared, counted at every step; and values, counted on every rank.
  package private(set) var tensors = 0
  package private(set) var values = 0
  /// All that left the budget, in the order of the program.
  package private(set) var violations: [Deviation] = []
  /// The largest error of each kind.
  package private(set) var largest: [ComparedKind: Deviation] = [:]

  package init(mesh: Mesh, budget: Double) { (self.mesh, self.budget) = (mesh, budget) }

  package var isSound: Bool { violations.isEmpty }

  /// The tensor that left the budget first, with the largest error first: one deviation for each micro-batch and rank.
  package var first: [Deviation] {
    guard let first = violations.first else { return [] }
    return violations.filter { $0.concernsSame(as: first) }
  }

  package mutating func add(_ deviation: Deviation) {
    values += deviation.count
    if deviation.leavesBudget { violations.append(deviation) }
    let known = largest[deviation.tensor.kind]
    if known == nil || deviation.error > known!.error { largest[deviation.tensor.kind] = deviation }
  }

  /// Every rank has compared this step.
  package mutating func close(_ reference: ReferenceStep) {
    (steps, tensors) = (reference.step, tensors + reference.tensors.count)
    if reference.overflowed { overflowedSteps += 1 }
    violations.sort(by: Deviation.isEarlier)
  }
}
