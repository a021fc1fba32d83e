import Cluster
import GPUModel
import Quantities

/// The rooflines of all GPUs asked for, with the kernel as a point in each.
struct KernelRoofline {
  let svg: String

  init(_ request: KernelRequest, _ estimates: [KernelEstimate]) {
    let points = estimates.indices.map { index -> RooflineSVG.Point in
      let estimate = estimates[index]
      let time = withTimeUnit(estimate.seconds)
      return RooflineSVG.Point(
        label: "\(estimate.gpu.name), \(time)", roofs: index, intensity: estimate.intensity,
        rate: estimate.rate.flopsPerSecond, weight: 0.2,
        note: "\(request.title) on \(estimate.gpu.name): \(time), \(estimate.rate), "
          + "limited by \(estimate.time.limiter.rawValue)")
    }
    let roofs = estimates.map { RooflineSVG.Roofs($0.roofline) }
    svg = RooflineSVG(title: request.title, roofs, points.filter(\.isDrawable)).text
  }
}

extension RooflineSVG.Roofs {
  init(_ roofline: Roofline) {
    let own = (roofline.precision.rawValue, roofline.peak.flopsPerSecond)
    let fp32 = ("fp32", roofline.fp32Peak.flopsPerSecond)
    self.init(
      name: roofline.gpu.name, peaks: roofline.precision == .fp32 ? [fp32] : [own, fp32],
      slopes: [("DRAM", roofline.dram.bytesPerSecond), ("L2", roofline.l2.bytesPerSecond)])
  }
}

extension RooflineSVG.Point {
  /// Logarithmic axes have no place for a kernel without arithmetic.
  var isDrawable: Bool { intensity > 0 && rate > 0 && intensity.isFinite && rate.isFinite }
}
