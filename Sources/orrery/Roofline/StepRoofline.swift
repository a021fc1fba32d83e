import Cluster
import GPUModel
import Quantities

/// The GPU's roofline with all of a step's kernels in it, their areas by their times, their colors by their kinds.
struct StepRoofline {
  let svg: String

  /// Names of so many kernels stand beside their points.
  private static let named = 12
  /// Share of the time below which a kernel is not drawn.
  private static let least = 0.001

  init(_ estimate: StepEstimate) {
    let busy = estimate.timeline.busySeconds
    let largest = max(estimate.groups.first?.seconds ?? 1, 1e-12)
    let points = estimate.groups.enumerated().map { Self.point($1, busy, largest, isNamed: $0 < Self.named) }
    let isDrawn = zip(estimate.groups, points).map { $1.isDrawable && $0.seconds > Self.least * busy }
    let drawn = zip(points, isDrawn).filter(\.1).map(\.0)
    let hidden = zip(estimate.groups, isDrawn).reduce(0) { $0 + ($1.1 ? 0 : $1.0.seconds) }
    let kinds = estimate.totals.map { (name: $0.kind.rawValue, color: $0.kind.color) }
    svg =
      RooflineSVG(
        title: "Kernels of one step on \(estimate.gpu.name), \(estimate.roofline.precision.rawValue), "
          + "\(estimate.lowering.fusion.rawValue)", [RooflineSVG.Roofs(estimate.roofline)], drawn, legend: kinds,
        footnote: "Areas are shares of the time. Left out: kernels without arithmetic, and those below "
          + "\(fixed(100 * Self.least, decimals: 1)) % of the time; together \(fixed(100 * hidden / busy, decimals: 1)) %."
      ).text
  }

  private static func point(
    _ group: StepEstimate.Group, _ busy: Double, _ largest: Double, isNamed: Bool
  ) -> RooflineSVG.Point {
    let name = "\(group.first.lowered.name) \(group.shape)"
    let share = "\(fixed(100 * group.seconds / busy, decimals: 1)) %"
    return RooflineSVG.Point(
      label: isNamed ? String(name.prefix(44)) : "", roofs: 0, intensity: group.intensity,
      rate: group.rate.flopsPerSecond, weight: group.seconds / largest,
      note: "\(name): \(group.count) times \(withTimeUnit(group.first.seconds)), \(share), "
        + "limited by \(group.first.time.limiter.rawValue)", color: group.first.kind.color)
  }
}

extension KernelKind {
  var color: String {
    switch self {
    case .matmul: "#c05621"
    case .attention: "#805ad5"
    case .norms: "#2f855a"
    case .elementwise: "#d69e2e"
    case .embeddings: "#718096"
    case .loss: "#b83280"
    case .optimizer: "#319795"
    }
  }
}
