import PipelineSchedules
import Program
import Quantities
import Timing

/// Passages of fixed times and nothing else: what the kernels of a real program would take if only the schedule mattered. The work of a
/// passage is split over its operations; messages take a hop, collectives and all other work nothing.
struct FlatPricing: StepPricing {
  private let times: [FoldedTrace.Segment: Int]
  private let hop: Int

  /// - Parameter time: of a passage, in picoseconds.
  init(_ tracks: [RankTrack], hop: Int = 0, time: (Passage.Kind) -> Int) {
    var times: [FoldedTrace.Segment: Int] = [:]
    for track in tracks {
      var passage: Passage?
      for item in track.trace.items {
        switch item {
        case .passage(let next): passage = next
        case .segment(let index):
          let segment = track.trace.segments[index]
          guard let kind = passage?.kind, segment.computes else { continue }
          let known = times.updateValue(time(kind), forKey: segment)
          precondition(known == nil || known == time(kind), "passages of two kinds do the same")
          passage = nil
        case .post, .complete: break
        }
      }
    }
    (self.times, self.hop) = (times, hop)
  }

  func work(of trace: Trace, rank: Int) -> [PricedWork] {
    guard case .phase(let phase) = trace.nodes[0] else { preconditionFailure("a segment begins with its phase") }
    let segment = FoldedTrace.Segment(phase: phase, nodes: Array(trace.nodes.dropFirst()))
    var left = times[segment] ?? 0
    let places = trace.nodes.indices.filter { trace.nodes[$0].isKernel }
    let part = left / max(1, places.count)
    return places.map { place in
      let duration = place == places.last ? left : part
      left -= duration
      return PricedWork(
        node: place, stream: .compute, activity: .matmul, name: "part", duration: SimDuration(picoseconds: duration))
    }
  }

  func duration(of transfer: Transfer) -> SimDuration { .zero }
  func duration(of bytes: ByteCount, from: Int, to: Int) -> SimDuration { SimDuration(picoseconds: hop) }
}

extension FoldedTrace.Segment {
  fileprivate var computes: Bool { nodes.contains(where: \.isKernel) }
}

extension Trace.Node {
  fileprivate var isKernel: Bool { if case .operation(_, .compute) = self { true } else { false } }
}
