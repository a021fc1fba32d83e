package import Program
package import Quantities

/// All memory of the ranks of one class at the step's peak, line by line, and whether it fits a GPU.
package struct MemoryEstimate: Hashable, Sendable {
  /// One line of the account.
  package struct Line: Hashable, Sendable {
    package var name: String
    package var bytes: ByteCount
    /// Nil for what a GPU adds outside the program.
    package var category: MemoryCategory?
    /// Whether it is part of the line above it, and counted there.
    package var isPart: Bool
    /// Where the figure is from; nil where it is the program's own account.
    package var source: String?
  }

  package var memory: RankMemory
  package var overhead: GPUOverhead

  package init(_ memory: RankMemory, overhead: GPUOverhead) { (self.memory, self.overhead) = (memory, overhead) }

  package var total: ByteCount { memory.peakTotal + overhead.total }

  /// Categories on the device in a fixed order, each followed by its parts; then what the GPU adds.
  package var lines: [Line] {
    let program = MemoryCategory.allCases.filter(\.isOnDevice).flatMap(lines)
    let outside = overhead.lines.map {
      Line(name: $0.name, bytes: $0.bytes, category: nil, isPart: false, source: $0.source)
    }
    return program + outside
  }

  private func lines(_ category: MemoryCategory) -> [Line] {
    guard let bytes = memory.atPeak[category], bytes > .zero else { return [] }
    let parts = memory.parts.filter { $0.category == category }.map {
      Line(name: $0.name, bytes: $0.bytes, category: category, isPart: true, source: nil)
    }
    return [Line(name: category.rawValue, bytes: bytes, category: category, isPart: false, source: nil)] + parts
  }
}
