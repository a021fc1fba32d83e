import Mesh
import Model
import PipelineSchedules
import TestSupport
import Training

extension BitClass {
  static let all = repeats + zeroStages + schedules + storage

  private static let repeats = [
    BitClass(
      name: "the same layout twice",
      layouts: Array(
        repeating: .zero(3) {
          ($0.data, $0.tensor, $0.pipeline, $0.microBatches) = (2, 2, 2, 2)
          $0.isSequenceParallel = true
        }, count: 2))
  ]

  private static let zeroStages = [
    BitClass(
      name: "stages 0 and 1, two micro-batches", layouts: .stages(0...1) { ($0.data, $0.microBatches) = (4, 2) }),
    BitClass(
      name: "stages 2 and 3, two micro-batches", layouts: .stages(2...3) { ($0.data, $0.microBatches) = (4, 2) }),
    BitClass(name: "all stages, one micro-batch", layouts: .stages(0...3) { $0.data = 4 }),
    BitClass(name: "all stages, eight ranks", layouts: .stages(0...3) { $0.data = 8 }),
    BitClass(name: "all stages × tensor", layouts: .stages(0...3) { ($0.data, $0.tensor) = (4, 2) }),
    BitClass(
      name: "all stages × tensor and sequence",
      layouts: .stages(0...3) { ($0.data, $0.tensor, $0.isSequenceParallel) = (2, 4, true) }),
    BitClass(
      name: "all stages × pipeline", models: [.gpt2, .llama, .llamaTied],
      layouts: .stages(0...3) { ($0.data, $0.pipeline) = (4, 2) }),
    BitClass(
      name: "all stages × tensor, sequence and pipeline",
      layouts: .stages(0...3) { ($0.data, $0.tensor, $0.pipeline, $0.isSequenceParallel) = (2, 2, 2, true) }),
    BitClass(name: "stages 1 to 3, hybrid", layouts: .stages(1...3) { ($0.data, $0.shardSize) = (4, 2) }),
    BitClass(
      name: "stages 2 and 3, hybrid, two micro-batches",
      layouts: .stages(2...3) { ($0.data, $0.shardSize, $0.microBatches) = (4, 2, 2) }),
    BitClass(
      name: "DeepSpeed's profile and the paper's, stage 1",
      layouts: ZeROPlan.Profile.allCases.map { profile in
        .cut { ($0.data, $0.microBatches, $0.zero) = (4, 2, ZeROPlan(stage: 1, profile: profile)) }
      }),
    BitClass(
      name: "DeepSpeed's profile and the paper's, stage 2",
      layouts: ZeROPlan.Profile.allCases.map { profile in
        .cut { ($0.data, $0.microBatches, $0.zero) = (4, 2, ZeROPlan(stage: 2, profile: profile)) }
      }),
  ]

  /// Weight gradients of a stage come in the order of the micro-batches: not so in looped BFS and DualPipeV.
  private static let schedules =
    [1, 2].flatMap { tensor in
      [2, 4].map { ranks in
        BitClass(
          name: "GPipe, 1F1B, ZB-H1 over \(ranks) ranks, tensor \(tensor)", models: [.gpt2, .llama, .llamaTied],
          layouts: [.gPipe, .oneForwardOneBackward, .zeroBubbleH1].map {
            schedule($0, ranks: ranks, tensor: tensor)
          })
      }
    } + [
      BitClass(
        name: "GPipe and 1F1B with stage 3",
        layouts: [.gPipe, .oneForwardOneBackward].map { name in
          .zero(3) { ($0.schedule, $0.data, $0.pipeline, $0.microBatches) = (name, 2, 2, 4) }
        }),
      BitClass(
        name: "interleaved 1F1B and zero bubble",
        layouts: [.interleaved, .interleavedZeroBubble].map { schedule($0, ranks: 2) }),
      BitClass(
        name: "the same four stages on four ranks and on two", models: [.gpt2, .llama, .gpt2Untied, .llamaTied],
        clips: false,
        layouts: [schedule(.gPipe, ranks: 4)]
          + [.zeroBubbleV, .interleaved, .interleavedZeroBubble].map { schedule($0, ranks: 2) }),
      BitClass(
        name: "the same eight stages on eight ranks and on four", clips: false,
        layouts: [schedule(.gPipe, ranks: 8), schedule(.zeroBubbleV, ranks: 4)]),
    ]

  private static func schedule(_ name: ScheduleName, ranks: Int, tensor: Int = 1) -> TinyLayout {
    .cut { ($0.schedule, $0.pipeline, $0.tensor, $0.microBatches) = (name, ranks, tensor, 4) }
  }

  private static let recomputations: [Recomputation] = [.none, .selective, .full(every: 1), .full(every: 2)]

  private static let storage = [
    BitClass(
      name: "recomputation, one process",
      layouts: recomputations.map { recomputation in .cut { $0.recomputation = recomputation } }),
    BitClass(
      name: "recomputation × tensor, sequence and ZB-V",
      layouts: recomputations.map { recomputation in
        .cut {
          ($0.tensor, $0.pipeline, $0.microBatches, $0.schedule) = (2, 2, 4, .zeroBubbleV)
          ($0.isSequenceParallel, $0.recomputation) = (true, recomputation)
        }
      }),
    BitClass(
      name: "offload, stages 0 to 3",
      layouts: [false, true].flatMap { offload in
        [TinyLayout].stages(0...3) { ($0.data, $0.zero.offloadsOptimizer) = (4, offload) }
      }),
    BitClass(
      name: "order of the axes", clips: false,
      layouts: [Mesh.defaultOrder, [.tensor, .context, .expert, .data, .pipeline]].map { order in
        .cut { ($0.data, $0.tensor, $0.pipeline, $0.microBatches, $0.order) = (2, 2, 2, 2, order) }
      }),
  ]
}

extension [TinyLayout] {
  static func stages(_ stages: ClosedRange<Int>, _ change: (inout TinyLayout) -> Void) -> [TinyLayout] {
    TinyLayout.stages(stages, change)
  }
}
