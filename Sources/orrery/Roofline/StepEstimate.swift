import Cluster
import GPUModel
import Program
import Quantities

/// A step's kernels on one GPU.
struct StepEstimate {
  /// Launches that are the same in all but their place.
  struct Group {
    var first: PricedKernel
    var count: Int
    var seconds: Double { first.seconds * Double(count) }
    var flops: Double { Double(first.lowered.flops.value) * Double(count) }
  }

  let step: ShapesOnlyStep
  let lowering: Lowering
  let roofline: Roofline
  let kernels: [PricedKernel]
  let timeline: StreamTimeline
  /// The longest together first.
  let groups: [Group]

  /// - Errors: what the GPU cannot do, with the way out.
  init(_ step: ShapesOnlyStep, on gpu: GPU, _ lowering: Lowering, _ issue: HostIssue, _ calibration: Calibration) throws
  {
    (self.step, self.lowering) = (step, lowering)
    try Self.requireAttention(lowering.attention, gpu, step.precision(lowering.allowsTF32))
    do {
      roofline = try Roofline(gpu, step.precision(lowering.allowsTF32), calibration)
      kernels = try TracePricing(gpu, lowering, calibration, issue: issue).kernels(of: step.trace)
    } catch let error as GPUError {
      let known: [MathPrecision] = [.bf16, .fp16, .fp32]
      let other = known.first { gpu.matmulRates[$0] != nil }?.rawValue ?? "fp32"
      throw Failure(
        code: .data, text: "\(error); add precision=\(other) to the command line, or choose another --gpu"
      ).error
    }
    timeline = StreamTimeline(kernels.map(\.launch))
    groups = Self.groups(kernels)
  }

  private static func requireAttention(
    _ choice: Lowering.AttentionChoice, _ gpu: GPU, _ precision: MathPrecision
  ) throws {
    guard choice == .flash else { return }
    do { try gpu.requireFlashAttention(precision) } catch {
      let way = gpu.flashAttentionPrecisions.first.map { "add precision=\($0.rawValue) to the command line, or " } ?? ""
      throw Failure(code: .data, text: "--attention flash: \(error); \(way)choose --attention unfused").error
    }
  }

  private struct Key: Hashable {
    var lowered: LoweredKernel
    var kind: KernelKind
  }

  private static func groups(_ kernels: [PricedKernel]) -> [Group] {
    var places: [Key: Int] = [:]
    var groups: [Group] = []
    for kernel in kernels {
      let key = Key(lowered: kernel.lowered, kind: kernel.kind)
      if let place = places[key] {
        groups[place].count += 1
      } else {
        places[key] = groups.count
        groups.append(Group(first: kernel, count: 1))
      }
    }
    // Equal times stay in launch order.
    return groups.enumerated()
      .sorted { ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset) }.map(\.element)
  }

  var gpu: GPU { roofline.gpu }
  var flops: Double { groups.reduce(0) { $0 + $1.flops } }
  var hostOperations: Int { kernels.reduce(0) { $0 + $1.lowered.hostOperations } }

  /// Share of the peak that the model's FLOPs come to in so many seconds.
  func utilization(_ seconds: Double) -> Double {
    seconds > 0 ? step.ownModelFLOPs / seconds / roofline.peak.flopsPerSecond : 0
  }

  /// What the trace has and this estimate does not time.
  var untimed: (transfers: Int, messages: Int, hostOperations: Int) {
    step.trace.nodes.reduce(into: (0, 0, 0)) { counts, node in
      switch node {
      case .transfer: counts.0 += 1
      case .post: counts.1 += 1
      case .operation(_, .host): counts.2 += 1
      case .operation, .complete, .record, .wait, .phase, .passage, .allocate, .free: break
      }
    }
  }
}

extension StepEstimate.Group {
  var shape: String { first.kernel.shapeText }
  /// FLOPs of a byte of what must move: of an operation's own traffic, where it has been lowered.
  var intensity: Double { Double(first.lowered.flops.value) / Double(max(1, first.lowered.traffic.total.value)) }
  var rate: ComputeRate { ComputeRate(Double(first.lowered.flops.value) / first.seconds) }
  var dramBandwidth: Bandwidth { Bandwidth(first.time.dramBytes / first.seconds) }
}

extension Kernel {
  /// Sizes as people write them.
  var shapeText: String {
    switch self {
    case .matmul(let kernel):
      (kernel.batch > 1 ? "\(kernel.batch)x" : "") + "\(kernel.m)x\(kernel.n)x\(kernel.k) \(kernel.layout.rawValue)"
    case .streaming(let kernel): "\(kernel.elements)"
    case .rows(let kernel): "\(kernel.rows)x\(kernel.columns)"
    case .attention(let kernel):
      "\(kernel.batch)x" + (kernel.queries == kernel.keys ? "" : "\(kernel.queries)x")
        + "\(kernel.keys)x\(kernel.heads)x\(kernel.headSize)"
    }
  }
}
