package import Program
package import Quantities

/// What the ranks of one class hold when they hold the most.
package struct RankMemory: Hashable, Sendable {
  /// Whose: `stage 0`.
  package var label: String
  /// Ranks of the class.
  package var ranks: Int
  package var atPeak: [MemoryCategory: ByteCount]
  package var moment: StepMoment
  /// Parts of categories that have a name of their own.
  package var parts: [Part]
  /// What it keeps in the host's memory, at the peak of that; nil where it keeps nothing there.
  package var offloaded: OffloadedPeak?

  /// So much of a category is this.
  package struct Part: Hashable, Sendable {
    package var name: String
    package var category: MemoryCategory
    package var bytes: ByteCount

    package init(_ name: String, of category: MemoryCategory, _ bytes: ByteCount) {
      (self.name, self.category, self.bytes) = (name, category, bytes)
    }
  }

  package init(
    label: String, ranks: Int, atPeak: [MemoryCategory: ByteCount], moment: StepMoment, parts: [Part] = [],
    offloaded: OffloadedPeak? = nil
  ) {
    (self.label, self.ranks, self.atPeak) = (label, ranks, atPeak)
    (self.moment, self.parts, self.offloaded) = (moment, parts, offloaded)
    for part in parts {
      precondition(
        part.bytes <= atPeak[part.category] ?? .zero,
        "\(label): \(part.name) has \(part.bytes) of \(atPeak[part.category] ?? .zero) \(part.category.rawValue)")
    }
  }

  /// What lies on the device.
  package var peakTotal: ByteCount {
    atPeak.reduce(.zero) { $1.key.isOnDevice ? $0 + $1.value : $0 }
  }
}
