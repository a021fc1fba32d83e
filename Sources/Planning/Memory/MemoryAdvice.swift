import Model
import Program
package import Quantities

/// A change of a layout, and what it would save on one rank, by the account of the layout that is.
package struct MemoryAdvice: Hashable, Sendable {
  package var action: String
  package var saves: ByteCount
  /// Whether the figure is a bound: what the ranks would hold twice is not taken off.
  package var isAtMost: Bool
  /// Whether it alone ends the shortage.
  package var suffices: Bool

  /// Changes that save something, the most first.
  package static func all(_ memory: RankMemory, _ layout: LayoutChoices, missing: ByteCount) -> [MemoryAdvice] {
    let changes = [
      shard(memory, layout), recompute(layout), halve(memory, layout), widen(memory, layout), deepen(memory, layout),
      offload(memory, layout),
    ]
    return ranked(changes, missing: missing)
  }

  /// Those that save something, the most first, each judged by what is missing.
  static func ranked(_ changes: [MemoryAdvice?], missing: ByteCount) -> [MemoryAdvice] {
    changes.compactMap(\.self).filter { $0.saves > .zero }.map { advice in
      var judged = advice
      judged.suffices = advice.saves >= missing
      return judged
    }.sorted { ($1.saves, $0.action) < ($0.saves, $1.action) }
  }

  init(_ action: String, _ saves: ByteCount, isAtMost: Bool = false) {
    (self.action, self.saves, self.isAtMost, suffices) = (action, saves, isAtMost, false)
  }
}

extension MemoryAdvice {
  private static func bytes(_ memory: RankMemory, _ categories: MemoryCategory...) -> ByteCount {
    categories.reduce(.zero) { $0 + (memory.atPeak[$1] ?? .zero) }
  }

  /// The next ZeRO stage shares one more category over the data-parallel ranks.
  private static func shard(_ memory: RankMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    guard layout.data > 1, layout.zeroStage < 3 else { return nil }
    let category: MemoryCategory = [.optimizer, .gradients, .parameters][layout.zeroStage]
    let whole = bytes(memory, category)
    return MemoryAdvice(
      "ZeRO stage \(layout.zeroStage + 1): \(category.rawValue) over \(layout.data) ranks",
      whole - ByteCount(whole.value / layout.data))
  }

  private static func recompute(_ layout: LayoutChoices) -> MemoryAdvice? {
    if case .full = layout.recomputation { return nil }
    return layout.recomputable.map { MemoryAdvice("full recomputation", $0) }
  }

  /// Activations are proportional to the samples of a micro-batch.
  private static func halve(_ memory: RankMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    guard layout.microBatch > 1 else { return nil }
    let fewer = layout.microBatch / 2
    let activations = bytes(memory, .activations).value
    return MemoryAdvice(
      "micro-batch \(fewer) in place of \(layout.microBatch)",
      ByteCount(activations - activations * fewer / layout.microBatch))
  }

  /// Twice the tensor-parallel ranks hold half of every matrix, and, with sequence parallelism, of every activation. They talk in
  /// every layer, so no more than NVLink joins.
  private static func widen(_ memory: RankMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    let ranks = 2 * layout.tensor
    guard layout.heads.isMultiple(of: ranks), ranks <= layout.mostTensor ?? ranks else { return nil }
    let matrices = bytes(memory, .parameters, .gradients, .optimizer)
    let sum = layout.isSequenceParallel ? matrices + bytes(memory, .activations) : matrices
    return MemoryAdvice("tensor parallelism \(ranks)", ByteCount(sum.value / 2), isAtMost: true)
  }

  /// Twice the stages hold half of the layers each; activations stay, as twice the micro-batches are in flight.
  private static func deepen(_ memory: RankMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    let stages = 2 * layout.pipeline
    guard stages <= layout.layers else { return nil }
    let states = bytes(memory, .parameters, .gradients, .optimizer)
    return MemoryAdvice("\(stages) pipeline stages", ByteCount(states.value / 2), isAtMost: true)
  }

  private static func offload(_ memory: RankMemory, _ layout: LayoutChoices) -> MemoryAdvice? {
    let state = bytes(memory, .optimizer)
    guard !layout.offloadsOptimizer, state <= layout.hostShare ?? state else { return nil }
    return MemoryAdvice("optimizer state in the host's memory", state)
  }
}
