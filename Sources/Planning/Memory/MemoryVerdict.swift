package import Program
package import Quantities

/// Whether every class of ranks fits into a GPU's memory; if not, where it breaks and what would help.
package struct MemoryVerdict: Hashable, Sendable {
  /// A simulated out-of-memory.
  package struct Shortage: Hashable, Sendable {
    /// The class of ranks that lacks the most.
    package var label: String
    package var missing: ByteCount
    /// The largest category of the program there.
    package var largest: MemoryCategory
    package var moment: StepMoment
    /// What would help, the most first.
    package var advice: [MemoryAdvice]
  }

  package var capacity: ByteCount
  /// Of the fullest class; below zero where it does not fit.
  package var free: ByteCount
  /// Nil where everything fits.
  package var shortage: Shortage?

  package var fits: Bool { shortage == nil }

  /// - Parameter estimates: one for each class of ranks; at least one.
  package init(_ estimates: [MemoryEstimate], capacity: ByteCount, layout: LayoutChoices) {
    guard let fullest = estimates.max(by: { $0.total < $1.total }) else { preconditionFailure("no class of ranks") }
    (self.capacity, free) = (capacity, capacity - fullest.total)
    guard free < .zero else { return }
    let missing = fullest.total - capacity
    let onDevice = fullest.memory.atPeak.filter { $0.key.isOnDevice }
    let largest = onDevice.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    shortage = Shortage(
      label: fullest.memory.label, missing: missing, largest: largest?.key ?? .parameters,
      moment: fullest.memory.moment, advice: MemoryAdvice.all(fullest.memory, layout, missing: missing))
  }
}

extension MemoryVerdict: CustomStringConvertible {
  package var description: String {
    guard let shortage else { return "fits: \(free) of \(capacity) are free" }
    return """
      out of memory: \(shortage.label) lacks \(shortage.missing) of \(capacity) \(shortage.moment); its largest part is \
      \(shortage.largest.rawValue)
      """
  }
}
