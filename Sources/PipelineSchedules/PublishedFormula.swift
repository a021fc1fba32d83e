/// What a schedule's paper says that it takes: to be held against what is measured.
package struct PublishedFormula: Hashable, Sendable {
  /// In the unit of the times; the makespan beyond m(F + I + W).
  package var bubble: Double
  /// Whether the measured bubble has this very value, with these numbers and times.
  package var isExact: Bool
  /// Per rank, in activations of a chunk; nil where it is only known not to be more.
  package var peakActivations: [Int]?
  /// The bubble as the field writes it.
  package var text: String
  /// The peak of rank r, likewise.
  package var peakText: String
  /// When the bubble is exact.
  package var condition: String
}

extension ScheduleName {
  /// The published bubble and peak for these numbers; see `docs/schedules.md` for the sources.
  ///
  /// Messages are not part of any of them, so none is exact where `times.hop` is not 0, or where an overlapped cell does not
  /// take the sum of its parts.
  package func formula(
    ranks: Int, microBatches: Int, chunks: Int? = nil, groupSize: Int? = nil, times: ScheduleTimes = ScheduleTimes()
  ) -> PublishedFormula {
    let shape = ScheduleShape(
      self, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
    let bubble = bubble(shape, times)
    let sum = times.forward + times.backward
    let isPlain = times.hop == 0 && (times.overlapped == nil || times.overlapped == sum)
    return PublishedFormula(
      bubble: bubble.value, isExact: isPlain && (ranks == 1 || bubble.isExact),
      peakActivations: peaks(shape), text: bubble.text, peakText: peakText, condition: bubble.condition)
  }

  private typealias Bubble = (value: Double, isExact: Bool, text: String, condition: String)

  private func bubble(_ shape: ScheduleShape, _ times: ScheduleTimes) -> Bubble {
    let (behind, chunks) = (Double(shape.ranks - 1), Double(shape.chunks))
    let (forward, backward) = (times.forward, times.backward)
    switch self {
    case .gPipe, .oneForwardOneBackward: return (behind * (forward + backward), true, "(p-1)(F+B)", "always")
    case .interleaved:
      return (
        behind * (forward + backward) / chunks, shape.hasWholeGroups || shape.chunks == 1, "(p-1)(F+B)/v",
        "m a multiple of a group size of p or more"
      )
    case .loopedBFS:
      return (
        behind * (forward + backward) / chunks, shape.isFull || shape.chunks == 1, "(p-1)(F+B)/v", "m >= p"
      )
    default: return splitBubble(shape, times)
    }
  }

  /// Of the schedules that split the backward.
  private func splitBubble(_ shape: ScheduleShape, _ times: ScheduleTimes) -> Bubble {
    let behind = Double(shape.ranks - 1)
    let (forward, input, weight) = (times.forward, times.backwardInput, times.backwardWeight)
    let isEven = forward == input && input == weight
    let pair = (times.overlapped ?? forward + times.backward) + times.backward - 3 * weight
    switch self {
    case .zeroBubbleH1:
      return (
        behind * (forward + input - weight), shape.isFull && weight <= input, "(p-1)(F+I-W)", "W <= I and m >= p"
      )
    case .interleavedZeroBubble:
      return (
        behind * (forward + input - weight) / Double(shape.chunks), shape.hasWholeGroups && weight <= input,
        "(p-1)(F+I-W)/v", "W <= I and m a multiple of a group size of p"
      )
    case .zeroBubbleV:
      return (
        behind * forward / 2, isEven && shape.microBatches >= 2 * shape.ranks - 1, "(p-1)F/2",
        "F = I = W and m >= 2p-1"
      )
    case .dualPipeV: return (behind * pair / 2, isEven, "(p-1)(F||B+B-3W)/2", "F = I = W")
    default: return ((behind - 1) / 2 * pair, isEven || shape.ranks == 2, "(p/2-1)(F||B+B-3W)", "F = I = W")
    }
  }

  private func peaks(_ shape: ScheduleShape) -> [Int]? {
    let (ranks, all) = (shape.ranks, shape.microBatches * shape.chunks)
    let ahead = (shape.chunks - 1) * shape.groupSize
    if self == .zeroBubbleV && shape.microBatches < 2 * ranks - 1 && ranks > 1 { return nil }
    return (0..<ranks).map { rank in
      switch self {
      case .gPipe, .loopedBFS: all
      case .oneForwardOneBackward: min(ranks - rank, all)
      case .interleaved: min(all, 2 * (ranks - 1 - rank) + ahead + 1)
      case .zeroBubbleH1: min(ranks, all)
      case .interleavedZeroBubble: min(all, ahead + ranks)
      case .zeroBubbleV: min(2 * ranks, all)
      case .dualPipeV: 2 * ranks + 1
      case .dualPipe: ranks + 1
      }
    }
  }

  private var peakText: String {
    switch self {
    case .gPipe: "m"
    case .loopedBFS: "mv"
    case .oneForwardOneBackward: "min(p-r, m)"
    case .interleaved: "min(mv, 2(p-1-r)+(v-1)g+1)"
    case .zeroBubbleH1: "min(p, m)"
    case .interleavedZeroBubble: "min(mv, (v-1)g+p)"
    case .zeroBubbleV: "min(2m, 2p)"
    case .dualPipeV: "2p+1"
    case .dualPipe: "p+1"
    }
  }
}

extension ScheduleShape {
  /// Whether every rank has something to do at once.
  fileprivate var isFull: Bool { microBatches >= ranks }

  /// Whether a chunk's micro-batches come round just when the next chunk can start.
  fileprivate var hasWholeGroups: Bool { groupSize >= ranks && microBatches.isMultiple(of: groupSize) }
}
